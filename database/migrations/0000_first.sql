CREATE SCHEMA "chain";
--> statement-breakpoint
CREATE SCHEMA "relay";
--> statement-breakpoint
CREATE TABLE "chain"."agent_metadata" (
	"chain" text NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"key_hash" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "agent_metadata_chain_agent_id_key_hash_pk" PRIMARY KEY("chain","agent_id","key_hash")
);
--> statement-breakpoint
CREATE TABLE "chain"."agents" (
	"chain" text NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"owner" text NOT NULL,
	"uri" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "agents_chain_agent_id_pk" PRIMARY KEY("chain","agent_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."blocks" (
	"chain" text NOT NULL,
	"number" bigint NOT NULL,
	"hash" text NOT NULL,
	"pending" jsonb NOT NULL,
	CONSTRAINT "blocks_chain_number_pk" PRIMARY KEY("chain","number")
);
--> statement-breakpoint
CREATE TABLE "chain"."enclaves" (
	"chain" text NOT NULL,
	"enclave" text NOT NULL,
	"operator" text NOT NULL,
	"workload" text NOT NULL,
	"encryption_key" text NOT NULL,
	"quote_id" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"is_revoked" boolean NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "enclaves_chain_enclave_pk" PRIMARY KEY("chain","enclave")
);
--> statement-breakpoint
CREATE TABLE "chain"."events" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"block_hash" text NOT NULL,
	"transaction" text NOT NULL,
	"timestamp" bigint NOT NULL,
	"contract" text NOT NULL,
	"name" text NOT NULL,
	"args" jsonb NOT NULL,
	"subjects" text[] NOT NULL,
	CONSTRAINT "events_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "chain"."forwarded_requests" (
	"chain" text NOT NULL,
	"request_id" text NOT NULL,
	"account" text NOT NULL,
	"nonce" numeric(78, 0) NOT NULL,
	"has_succeeded" boolean NOT NULL,
	"error" text,
	"reason" text,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "forwarded_requests_chain_request_id_pk" PRIMARY KEY("chain","request_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."jobs" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"status" text NOT NULL,
	"client" text NOT NULL,
	"evaluator" text NOT NULL,
	"expired_at" bigint NOT NULL,
	"description" text,
	"provider" text,
	"agent_id" numeric(78, 0),
	"token" text,
	"budget" numeric(78, 0),
	"funded" numeric(78, 0),
	"paid" numeric(78, 0),
	"refunded" numeric(78, 0),
	"request_hash" text,
	"workload" text,
	"observability" smallint,
	"deliverable" text,
	"enclave" text,
	"result_id" text,
	"response_hash" text,
	"response" text,
	"produced_at" bigint,
	"reason" text,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "jobs_chain_job_id_pk" PRIMARY KEY("chain","job_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."payments" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"kind" text NOT NULL,
	"job_id" text NOT NULL,
	"account" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "payments_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "relay"."requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"chain" text NOT NULL,
	"idempotency_key" text,
	"body_hash" text NOT NULL,
	"effect" text,
	"account" text,
	"status" text NOT NULL,
	"error" text,
	"message" text,
	"field" text,
	"call_to" text,
	"call_data" text,
	"transaction" text,
	"block_number" bigint,
	"block_hash" text,
	"gas_used" bigint,
	"events" jsonb,
	"is_final" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relay"."signers" (
	"chain" text NOT NULL,
	"address" text NOT NULL,
	"next_nonce" bigint NOT NULL,
	CONSTRAINT "signers_chain_address_pk" PRIMARY KEY("chain","address")
);
--> statement-breakpoint
CREATE TABLE "relay"."transactions" (
	"chain" text NOT NULL,
	"hash" text NOT NULL,
	"signer" text NOT NULL,
	"nonce" bigint NOT NULL,
	"request_id" uuid NOT NULL,
	"raw" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "transactions_chain_hash_pk" PRIMARY KEY("chain","hash")
);
--> statement-breakpoint
CREATE TABLE "relay"."market_awards" (
	"id" text PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"bid_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "market_awards_request_id_unique" UNIQUE("request_id"),
	CONSTRAINT "market_awards_bid_id_unique" UNIQUE("bid_id")
);
--> statement-breakpoint
CREATE TABLE "relay"."market_bids" (
	"id" text PRIMARY KEY NOT NULL,
	"place" bigint GENERATED ALWAYS AS IDENTITY (sequence name "relay"."market_bids_place_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"request_id" text NOT NULL,
	"chain" text NOT NULL,
	"provider" text NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"text" text NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"deadline" bigint NOT NULL,
	"valid_until" bigint NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relay"."market_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"place" bigint GENERATED ALWAYS AS IDENTITY (sequence name "relay"."market_requests_place_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"chain" text NOT NULL,
	"client" text NOT NULL,
	"text" text NOT NULL,
	"token" text NOT NULL,
	"budget" numeric(78, 0) NOT NULL,
	"deadline" bigint NOT NULL,
	"evaluator" text NOT NULL,
	"nonce" numeric(78, 0) NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relay"."market_signatures" (
	"id" text PRIMARY KEY NOT NULL,
	"chain" text NOT NULL,
	"message" text NOT NULL,
	"account" text NOT NULL,
	"signature" text NOT NULL,
	"public_key" text,
	"idempotency_key" text,
	"body_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "relay"."market_awards" ADD CONSTRAINT "market_awards_request_id_market_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "relay"."market_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "relay"."market_awards" ADD CONSTRAINT "market_awards_bid_id_market_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "relay"."market_bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "relay"."market_bids" ADD CONSTRAINT "market_bids_request_id_market_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "relay"."market_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agents_position" ON "chain"."agents" USING btree ("position");--> statement-breakpoint
CREATE INDEX "agents_owner" ON "chain"."agents" USING btree ("owner","position");--> statement-breakpoint
CREATE INDEX "enclaves_position" ON "chain"."enclaves" USING btree ("position");--> statement-breakpoint
CREATE INDEX "enclaves_workload" ON "chain"."enclaves" USING btree ("workload","position");--> statement-breakpoint
CREATE INDEX "events_subjects" ON "chain"."events" USING gin ("subjects");--> statement-breakpoint
CREATE INDEX "forwarded_requests_position" ON "chain"."forwarded_requests" USING btree ("position");--> statement-breakpoint
CREATE INDEX "forwarded_requests_account" ON "chain"."forwarded_requests" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "forwarded_requests_failed" ON "chain"."forwarded_requests" USING btree ("error","position") WHERE error is not null;--> statement-breakpoint
CREATE INDEX "jobs_position" ON "chain"."jobs" USING btree ("position");--> statement-breakpoint
CREATE INDEX "jobs_status" ON "chain"."jobs" USING btree ("status","position");--> statement-breakpoint
CREATE INDEX "jobs_client" ON "chain"."jobs" USING btree ("client","position");--> statement-breakpoint
CREATE INDEX "jobs_provider" ON "chain"."jobs" USING btree ("provider","position");--> statement-breakpoint
CREATE INDEX "jobs_enclave" ON "chain"."jobs" USING btree ("enclave","position");--> statement-breakpoint
CREATE INDEX "jobs_agent" ON "chain"."jobs" USING btree ("chain","agent_id","position");--> statement-breakpoint
CREATE INDEX "jobs_award" ON "chain"."jobs" USING btree ("chain",left(description, 79)) WHERE description like 'parley:award:0x%';--> statement-breakpoint
CREATE INDEX "payments_position" ON "chain"."payments" USING btree ("position");--> statement-breakpoint
CREATE INDEX "payments_job" ON "chain"."payments" USING btree ("chain","job_id","position");--> statement-breakpoint
CREATE INDEX "payments_account" ON "chain"."payments" USING btree ("account","position");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_idempotency_key" ON "relay"."requests" USING btree ("chain","kind","idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_effect" ON "relay"."requests" USING btree ("chain","effect") WHERE status <> 'refused' and (status <> 'failed' or not is_final);--> statement-breakpoint
CREATE INDEX "requests_created" ON "relay"."requests" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "requests_account" ON "relay"."requests" USING btree ("account","created_at");--> statement-breakpoint
CREATE INDEX "requests_status" ON "relay"."requests" USING btree ("chain","status");--> statement-breakpoint
CREATE INDEX "requests_open" ON "relay"."requests" USING btree ("created_at") WHERE not is_final;--> statement-breakpoint
CREATE INDEX "transactions_request" ON "relay"."transactions" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "market_bids_price" ON "relay"."market_bids" USING btree ("request_id","price","id");--> statement-breakpoint
CREATE INDEX "market_bids_agent" ON "relay"."market_bids" USING btree ("request_id","agent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "market_bids_place" ON "relay"."market_bids" USING btree ("place");--> statement-breakpoint
CREATE INDEX "market_bids_request" ON "relay"."market_bids" USING btree ("request_id","place");--> statement-breakpoint
CREATE INDEX "market_bids_provider" ON "relay"."market_bids" USING btree ("provider","place");--> statement-breakpoint
CREATE UNIQUE INDEX "market_requests_place" ON "relay"."market_requests" USING btree ("place");--> statement-breakpoint
CREATE INDEX "market_requests_status" ON "relay"."market_requests" USING btree ("status","place");--> statement-breakpoint
CREATE INDEX "market_requests_client" ON "relay"."market_requests" USING btree ("client","place");--> statement-breakpoint
CREATE UNIQUE INDEX "market_signatures_idempotency_key" ON "relay"."market_signatures" USING btree ("message","idempotency_key");--> statement-breakpoint
CREATE INDEX "market_signatures_created" ON "relay"."market_signatures" USING btree ("chain","created_at");--> statement-breakpoint
CREATE INDEX "market_signatures_account" ON "relay"."market_signatures" USING btree ("chain","account","created_at");