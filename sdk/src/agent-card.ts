/** The card at `/.well-known/agent-card.json` by which other agents know what one can do and how to call it (A2A, version 1). */
import { z } from 'zod'

const text = z.string().min(1)

export const agentCardSchema = z.looseObject({
  name: text,
  description: text,
  version: text,
  supportedInterfaces: z
    .array(
      z.looseObject({
        url: z.url(),
        protocolBinding: z.enum(['JSONRPC', 'GRPC', 'HTTP+JSON']),
        protocolVersion: text,
      }),
    )
    .min(1),
  capabilities: z.looseObject({ streaming: z.boolean().optional(), pushNotifications: z.boolean().optional() }),
  defaultInputModes: z.array(text),
  defaultOutputModes: z.array(text),
  skills: z.array(z.looseObject({ id: text, name: text, description: text, tags: z.array(text) })),
})
