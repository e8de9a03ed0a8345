import binaryen from 'binaryen'

/**
 * A contract of somebody else, whose methods take their input as it comes: `log` logs it, `log_and_fail` fails after that, `ft_transfer_call` fails with it, `register` calls the agent
 * registry's `register` with it, and `register_later` does so when a `promise_yield` that nobody resumes has run out, 200 blocks later.
 */
export function strangerCode(agents: string): Uint8Array {
  const module = binaryen.parseText(source(agents))
  const code = module.emitBinary()
  module.dispose()
  return code
}

const TERA = 10n ** 12n
/** nearcore takes the argument from a register then. */
const IN_REGISTER = -1

function source(agents: string): string {
  return `(module
    (import "env" "input" (func $input (param i64)))
    (import "env" "read_register" (func $read_register (param i64 i64)))
    (import "env" "register_len" (func $register_len (param i64) (result i64)))
    (import "env" "log_utf8" (func $log_utf8 (param i64 i64)))
    (import "env" "panic" (func $panic))
    (import "env" "panic_utf8" (func $panic_utf8 (param i64 i64)))
    (import "env" "promise_batch_create" (func $promise_batch_create (param i64 i64) (result i64)))
    (import "env" "promise_batch_action_function_call"
      (func $function_call (param i64 i64 i64 i64 i64 i64 i64)))
    (import "env" "promise_yield_create"
      (func $promise_yield_create (param i64 i64 i64 i64 i64 i64 i64) (result i64)))
    (import "env" "promise_return" (func $promise_return (param i64)))
    (memory 1)
    (data (i32.const 0) "register")
    (data (i32.const 16) "${agents}")
    (func $log (export "log")
      (call $input (i64.const 0))
      (call $read_register (i64.const 0) (i64.const 1024))
      (call $log_utf8 (call $register_len (i64.const 0)) (i64.const 1024)))
    (func (export "log_and_fail")
      (call $log)
      (call $panic))
    (func (export "ft_transfer_call")
      (call $input (i64.const 0))
      (call $read_register (i64.const 0) (i64.const 1024))
      (call $panic_utf8 (call $register_len (i64.const 0)) (i64.const 1024)))
    (func (export "register")
      (call $input (i64.const 0))
      (call $function_call
        (call $promise_batch_create (i64.const ${agents.length}) (i64.const 16))
        (i64.const 8) (i64.const 0)
        (i64.const ${IN_REGISTER}) (i64.const 0)
        (i64.const 128) (i64.const ${30n * TERA})))
    (func (export "register_later")
      (call $input (i64.const 0))
      (call $promise_return
        (call $promise_yield_create
          (i64.const 8) (i64.const 0)
          (i64.const ${IN_REGISTER}) (i64.const 0)
          (i64.const ${60n * TERA}) (i64.const 0) (i64.const 1))))
  )`
}
