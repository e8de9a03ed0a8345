CREATE SCHEMA "chain";
--> statement-breakpoint
CREATE SCHEMA "relay";
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
CREATE TABLE "chain"."settings" (
	"chain" text NOT NULL,
	"contract" text NOT NULL,
	"name" text NOT NULL,
	"subject" text NOT NULL,
	"value" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "settings_chain_contract_name_subject_pk" PRIMARY KEY("chain","contract","name","subject")
);
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
CREATE TABLE "chain"."feedback" (
	"chain" text NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"client" text NOT NULL,
	"feedback_index" numeric(78, 0) NOT NULL,
	"value" numeric(78, 0) NOT NULL,
	"value_decimals" smallint NOT NULL,
	"tag1" text NOT NULL,
	"tag2" text NOT NULL,
	"endpoint" text NOT NULL,
	"uri" text NOT NULL,
	"hash" text NOT NULL,
	"is_revoked" boolean NOT NULL,
	"job_id" text,
	"weight" numeric(78, 0),
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "feedback_chain_agent_id_client_feedback_index_pk" PRIMARY KEY("chain","agent_id","client","feedback_index")
);
--> statement-breakpoint
CREATE TABLE "chain"."feedback_responses" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"client" text NOT NULL,
	"feedback_index" numeric(78, 0) NOT NULL,
	"responder" text NOT NULL,
	"uri" text NOT NULL,
	"hash" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "feedback_responses_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "chain"."validations" (
	"chain" text NOT NULL,
	"request_hash" text NOT NULL,
	"validator" text NOT NULL,
	"agent_id" numeric(78, 0) NOT NULL,
	"request_uri" text NOT NULL,
	"response" smallint,
	"response_uri" text,
	"response_hash" text,
	"tag" text,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "validations_chain_request_hash_validator_agent_id_pk" PRIMARY KEY("chain","request_hash","validator","agent_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."arbitrations" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"ruling_seconds" bigint NOT NULL,
	"silence_share_bp" smallint NOT NULL,
	"bond" numeric(78, 0) NOT NULL,
	"bond_receiver" text,
	"stake" numeric(78, 0) NOT NULL,
	"is_stake_locked" boolean NOT NULL,
	"stake_receiver" text,
	"has_redone" boolean NOT NULL,
	"disputed_at" bigint,
	"dispute_reason" text,
	"ruling" smallint,
	"ruling_reason" text,
	"share_bp" smallint,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "arbitrations_chain_job_id_pk" PRIMARY KEY("chain","job_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."crowd_payouts" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"index" numeric(78, 0) NOT NULL,
	"transfer_log_index" integer NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "crowd_payouts_chain_job_id_index_pk" PRIMARY KEY("chain","job_id","index")
);
--> statement-breakpoint
CREATE TABLE "chain"."crowds" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"root" text NOT NULL,
	"total" numeric(78, 0) NOT NULL,
	"remainder" numeric(78, 0),
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "crowds_chain_job_id_pk" PRIMARY KEY("chain","job_id")
);
--> statement-breakpoint
CREATE TABLE "chain"."fee_collections" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"token" text NOT NULL,
	"treasury" text NOT NULL,
	"direct" numeric(78, 0) NOT NULL,
	"in_ledger" numeric(78, 0) NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "fee_collections_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
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
	"released" numeric(100, 0),
	"paid" numeric(100, 0),
	"fee" numeric(100, 0),
	"refunded" numeric(100, 0),
	"payee" text,
	"hook" text,
	"hook_failures" numeric(100, 0),
	"evaluation_seconds" bigint,
	"terms_kind" text,
	"evaluator_terms" text,
	"judges" text[],
	"threshold" smallint,
	"review_seconds" bigint,
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
CREATE TABLE "chain"."milestones" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"milestone" smallint NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"approver" text,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "milestones_chain_job_id_milestone_pk" PRIMARY KEY("chain","job_id","milestone")
);
--> statement-breakpoint
CREATE TABLE "chain"."payments" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"contract" text NOT NULL,
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
CREATE TABLE "chain"."votes" (
	"chain" text NOT NULL,
	"job_id" text NOT NULL,
	"member" text NOT NULL,
	"is_approval" boolean NOT NULL,
	"reason" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "votes_chain_job_id_member_pk" PRIMARY KEY("chain","job_id","member")
);
--> statement-breakpoint
CREATE TABLE "chain"."counterparties" (
	"chain" text NOT NULL,
	"account" text NOT NULL,
	"key" text NOT NULL,
	"counterparty" text NOT NULL,
	"is_allowed" boolean NOT NULL,
	"set_position" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "counterparties_chain_account_key_counterparty_pk" PRIMARY KEY("chain","account","key","counterparty")
);
--> statement-breakpoint
CREATE TABLE "chain"."ledger_balances" (
	"chain" text NOT NULL,
	"account" text NOT NULL,
	"token" text NOT NULL,
	"balance" numeric(100, 0) NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "ledger_balances_chain_account_token_pk" PRIMARY KEY("chain","account","token")
);
--> statement-breakpoint
CREATE TABLE "chain"."ledger_operators" (
	"chain" text NOT NULL,
	"owner" text NOT NULL,
	"spender" text NOT NULL,
	"is_approved" boolean NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "ledger_operators_chain_owner_spender_pk" PRIMARY KEY("chain","owner","spender")
);
--> statement-breakpoint
CREATE TABLE "chain"."ledger_transfers" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"caller" text NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"token" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "ledger_transfers_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "chain"."policies" (
	"chain" text NOT NULL,
	"account" text NOT NULL,
	"key" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"methods" smallint NOT NULL,
	"is_any_counterparty" boolean NOT NULL,
	"confirmers" text[] NOT NULL,
	"confirmations_needed" smallint NOT NULL,
	"is_revoked" boolean NOT NULL,
	"revoked_position" text,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "policies_chain_account_key_pk" PRIMARY KEY("chain","account","key")
);
--> statement-breakpoint
CREATE TABLE "chain"."spend_confirmations" (
	"chain" text NOT NULL,
	"account" text NOT NULL,
	"key" text NOT NULL,
	"confirmer" text NOT NULL,
	"operation_id" text NOT NULL,
	"set_position" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "spend_confirmations_chain_account_key_confirmer_pk" PRIMARY KEY("chain","account","key","confirmer")
);
--> statement-breakpoint
CREATE TABLE "chain"."spend_limits" (
	"chain" text NOT NULL,
	"account" text NOT NULL,
	"key" text NOT NULL,
	"token" text NOT NULL,
	"limit" numeric(78, 0) NOT NULL,
	"period_seconds" bigint NOT NULL,
	"threshold" numeric(78, 0) NOT NULL,
	"set_position" text NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_block" bigint NOT NULL,
	"updated_transaction" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "spend_limits_chain_account_key_token_pk" PRIMARY KEY("chain","account","key","token")
);
--> statement-breakpoint
CREATE TABLE "chain"."spends" (
	"chain" text NOT NULL,
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"account" text NOT NULL,
	"key" text NOT NULL,
	"method" smallint NOT NULL,
	"counterparty" text NOT NULL,
	"token" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"position" text NOT NULL,
	"created_block" bigint NOT NULL,
	"created_transaction" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "spends_chain_block_number_log_index_pk" PRIMARY KEY("chain","block_number","log_index")
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
	"evaluator_terms" text NOT NULL,
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
CREATE INDEX "enclaves_position" ON "chain"."enclaves" USING btree ("position");--> statement-breakpoint
CREATE INDEX "enclaves_workload" ON "chain"."enclaves" USING btree ("workload","position");--> statement-breakpoint
CREATE INDEX "events_subjects" ON "chain"."events" USING gin ("subjects");--> statement-breakpoint
CREATE INDEX "forwarded_requests_position" ON "chain"."forwarded_requests" USING btree ("position");--> statement-breakpoint
CREATE INDEX "forwarded_requests_account" ON "chain"."forwarded_requests" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "forwarded_requests_failed" ON "chain"."forwarded_requests" USING btree ("error","position") WHERE error is not null;--> statement-breakpoint
CREATE INDEX "settings_position" ON "chain"."settings" USING btree ("position");--> statement-breakpoint
CREATE INDEX "agents_position" ON "chain"."agents" USING btree ("position");--> statement-breakpoint
CREATE INDEX "agents_owner" ON "chain"."agents" USING btree ("owner","position");--> statement-breakpoint
CREATE INDEX "feedback_position" ON "chain"."feedback" USING btree ("position");--> statement-breakpoint
CREATE INDEX "feedback_agent" ON "chain"."feedback" USING btree ("chain","agent_id","position");--> statement-breakpoint
CREATE INDEX "feedback_client" ON "chain"."feedback" USING btree ("client","position");--> statement-breakpoint
CREATE INDEX "feedback_backed" ON "chain"."feedback" USING btree ("position") WHERE job_id is not null;--> statement-breakpoint
CREATE INDEX "feedback_responses_feedback" ON "chain"."feedback_responses" USING btree ("chain","agent_id","client","feedback_index","position");--> statement-breakpoint
CREATE INDEX "validations_position" ON "chain"."validations" USING btree ("position");--> statement-breakpoint
CREATE INDEX "validations_agent" ON "chain"."validations" USING btree ("chain","agent_id","position");--> statement-breakpoint
CREATE INDEX "validations_validator" ON "chain"."validations" USING btree ("validator","position");--> statement-breakpoint
CREATE INDEX "crowd_payouts_job" ON "chain"."crowd_payouts" USING btree ("chain","job_id","position");--> statement-breakpoint
CREATE INDEX "fee_collections_position" ON "chain"."fee_collections" USING btree ("position");--> statement-breakpoint
CREATE INDEX "jobs_position" ON "chain"."jobs" USING btree ("position");--> statement-breakpoint
CREATE INDEX "jobs_status" ON "chain"."jobs" USING btree ("status","position");--> statement-breakpoint
CREATE INDEX "jobs_client" ON "chain"."jobs" USING btree ("client","position");--> statement-breakpoint
CREATE INDEX "jobs_provider" ON "chain"."jobs" USING btree ("provider","position");--> statement-breakpoint
CREATE INDEX "jobs_enclave" ON "chain"."jobs" USING btree ("enclave","position");--> statement-breakpoint
CREATE INDEX "jobs_agent" ON "chain"."jobs" USING btree ("chain","agent_id","position");--> statement-breakpoint
CREATE INDEX "jobs_judges" ON "chain"."jobs" USING gin ("judges");--> statement-breakpoint
CREATE INDEX "jobs_award" ON "chain"."jobs" USING btree ("chain",left(description, 79)) WHERE description like 'parley:award:0x%';--> statement-breakpoint
CREATE INDEX "payments_position" ON "chain"."payments" USING btree ("position");--> statement-breakpoint
CREATE INDEX "payments_job" ON "chain"."payments" USING btree ("chain","job_id","position");--> statement-breakpoint
CREATE INDEX "payments_account" ON "chain"."payments" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "payments_kind" ON "chain"."payments" USING btree ("kind","position");--> statement-breakpoint
CREATE INDEX "ledger_balances_position" ON "chain"."ledger_balances" USING btree ("position");--> statement-breakpoint
CREATE INDEX "ledger_balances_account" ON "chain"."ledger_balances" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "ledger_balances_token" ON "chain"."ledger_balances" USING btree ("token","position");--> statement-breakpoint
CREATE INDEX "ledger_operators_position" ON "chain"."ledger_operators" USING btree ("position");--> statement-breakpoint
CREATE INDEX "ledger_operators_owner" ON "chain"."ledger_operators" USING btree ("owner","position");--> statement-breakpoint
CREATE INDEX "ledger_operators_spender" ON "chain"."ledger_operators" USING btree ("spender","position");--> statement-breakpoint
CREATE INDEX "ledger_transfers_position" ON "chain"."ledger_transfers" USING btree ("position");--> statement-breakpoint
CREATE INDEX "ledger_transfers_from" ON "chain"."ledger_transfers" USING btree ("from","position");--> statement-breakpoint
CREATE INDEX "ledger_transfers_to" ON "chain"."ledger_transfers" USING btree ("to","position");--> statement-breakpoint
CREATE INDEX "ledger_transfers_token" ON "chain"."ledger_transfers" USING btree ("token","position");--> statement-breakpoint
CREATE INDEX "policies_position" ON "chain"."policies" USING btree ("position");--> statement-breakpoint
CREATE INDEX "policies_account" ON "chain"."policies" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "policies_key" ON "chain"."policies" USING btree ("key","position");--> statement-breakpoint
CREATE INDEX "policies_confirmers" ON "chain"."policies" USING gin ("confirmers");--> statement-breakpoint
CREATE INDEX "spends_position" ON "chain"."spends" USING btree ("position");--> statement-breakpoint
CREATE INDEX "spends_account" ON "chain"."spends" USING btree ("account","position");--> statement-breakpoint
CREATE INDEX "spends_key" ON "chain"."spends" USING btree ("key","position");--> statement-breakpoint
CREATE INDEX "spends_counterparty" ON "chain"."spends" USING btree ("counterparty","position");--> statement-breakpoint
CREATE INDEX "spends_token" ON "chain"."spends" USING btree ("token","position");--> statement-breakpoint
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
CREATE INDEX "market_requests_deadline" ON "relay"."market_requests" USING btree ("chain","deadline") WHERE status <> 'awarded';--> statement-breakpoint
CREATE UNIQUE INDEX "market_signatures_idempotency_key" ON "relay"."market_signatures" USING btree ("message","idempotency_key");--> statement-breakpoint
CREATE INDEX "market_signatures_created" ON "relay"."market_signatures" USING btree ("chain","created_at");--> statement-breakpoint
CREATE INDEX "market_signatures_account" ON "relay"."market_signatures" USING btree ("chain","account","created_at");