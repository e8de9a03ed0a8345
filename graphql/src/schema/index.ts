import './scalars.ts'
import './agent.ts'
import './chain.ts'
import './enclave.ts'
import './error.ts'
import './forwarded-request.ts'
import './job.ts'
import './market.ts'
import './payment.ts'
import './request.ts'
import { builder } from './builder.ts'

export const schema = builder.toSchema()
