/**
 * `node patch.ts QUICKJS_FOLDER OUT.c`: quickjs-ng 0.16.2's quickjs.c, changed into the engine of a contract. Every edit names
 * the text that it replaces and fails when that is not there exactly once: another version must be read again.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Edit {
  readonly why: string
  readonly find: string
  /** The edit reaches up to this text; without it, it replaces `find` alone. */
  readonly until?: string
  readonly by: string
}

const EDITS: readonly Edit[] = [
  {
    why: 'The allocator is src/allocator.h.',
    find: 'static size_t js_malloc_usable_size_unknown(const void *ptr)\n{',
    until: '/**\n * This used to be implemented as malloc + memset',
    by: '#include "allocator.h"\n',
  },
  { why: 'Its arenas are not there.', find: '    js_arena_init(rt);\n', by: '' },
  { why: 'Its arenas are not there.', find: '    js_arena_free_all(rt);\n', by: '' },
  { why: 'Its arenas are not there.', find: 'rt->mf.js_malloc_usable_size = js_malloc_usable_size_unknown;', by: ';' },
  {
    why: 'A call allocates and ends: no cycle is collected in it.',
    find: '    js_trigger_gc(ctx->rt, sizeof(JSObject));\n',
    by: '',
  },
  {
    why: 'That was the only use.',
    find: 'static void js_trigger_gc(JSRuntime *rt, size_t size)\n{',
    until: '#include "allocator.h"',
    by: '',
  },
  {
    why: 'The context is never freed.',
    find: '    if (--JS_REF_COUNT(ctx) > 0)\n        return;',
    by: '    if (--JS_REF_COUNT(ctx) > 0)\n        return;\n    __builtin_trap();',
  },
  {
    why: 'Computed goto is a switch in wasm; a real switch has one table to prune.',
    find: '#define DIRECT_DISPATCH  1',
    by: '#define DIRECT_DISPATCH  0',
  },
  {
    why: 'Nobody interrupts a call but gas.',
    find: '    if (unlikely(--ctx->interrupt_counter <= 0)) {\n        return __js_poll_interrupts(ctx);\n    } else {\n        return 0;\n    }',
    by: '    return 0;',
  },
  {
    why: 'A built-in property that was left out is an error.',
    find: 'static JSValue JS_GetPropertyInternal(JSContext *ctx, JSValueConst obj,\n                                      JSAtom prop, JSValueConst this_obj,\n                                      bool throw_ref_error)\n{',
    by: '#include "left_out.c"\nstatic JSValue JS_GetPropertyInternal(JSContext *ctx, JSValueConst obj,\n                                      JSAtom prop, JSValueConst this_obj,\n                                      bool throw_ref_error)\n{',
  },
  {
    why: 'A built-in property that was left out is an error, as a property,',
    find: '    if (unlikely(throw_ref_error)) {\n        return JS_ThrowReferenceErrorNotDefined(ctx, prop);\n    } else {\n        return JS_UNDEFINED;\n    }',
    by: '    if (unlikely(is_suspect(prop)) && throw_if_left_out(ctx, obj, prop))\n        return JS_EXCEPTION;\n    if (unlikely(throw_ref_error))\n        return JS_ThrowReferenceErrorNotDefined(ctx, prop);\n    return JS_UNDEFINED;',
  },
  {
    why: 'as the left side of `in`,',
    find: '            break;\n    }\n    return false;\n}\n\n/* val must be a symbol */',
    by: '            break;\n    }\n    if (unlikely(is_suspect(prop)) && throw_if_left_out(ctx, obj, prop))\n        return -1;\n    return false;\n}\n\n/* val must be a symbol */',
  },
  ...['get_field', 'get_field2'].map((opcode) => ({
    why: `and in the interpreter's fast path (${opcode}).`,
    find: `                            goto ${opcode}_slow_path;\n                        }\n                        p = p->shape->proto;\n                        if (!p) {\n`,
    by: `                            goto ${opcode}_slow_path;\n                        }\n                        p = p->shape->proto;\n                        if (!p) {\n                            if (unlikely(is_suspect(atom)))\n                                goto ${opcode}_slow_path;\n`,
  })),
  {
    why: 'Stack traces name the TypeScript.',
    find: 'static void compute_pc2line_info(JSFunctionDef *s)\n{\n',
    by: '#include "source_map.c"\nstatic void compute_pc2line_info(JSFunctionDef *s)\n{\n    map_source_positions(s);\n',
  },
  {
    why: 'They end before the frames that every call has.',
    find: '            backtrace_barrier = b->backtrace_barrier;\n        }\n',
    by: '            backtrace_barrier = b->backtrace_barrier;\n        }\n        if (backtrace_barrier)\n            break;\n',
  },
  {
    why: 'What calls do not need of a function stands together, for the image to leave out.',
    find: '    uint8_t *byte_code_buf; /* (self pointer) */\n    int byte_code_len;',
    until: '} JSFunctionBytecode;',
    by: `    uint16_t arg_count;
    uint16_t var_count;
    uint16_t defined_arg_count; /* for length function property */
    uint16_t stack_size; /* maximum stack size */
    uint16_t closure_var_count;
    uint8_t *byte_code_buf; /* (self pointer) */
    int byte_code_len;
    JSAtom func_name;
    JSAtom filename;
    int line_num;
    int col_num;
    int pc2line_len;
    uint8_t *pc2line_buf;
    uint16_t var_ref_count; /* number of local variable references */
    int cpool_count;
    JSValue *cpool; /* constant pool (self pointer) */
    JSVarDef *vardefs; /* arguments + local variables (arg_count + var_count) (self pointer) */
    JSClosureVar *closure_var; /* list of variables in the closure (self pointer) */
    JSContext *realm; /* function realm */
    int source_len;
    char *source;
`,
  },
  {
    why: 'There is one realm.',
    find: '    ctx = b->realm; /* set the current realm */\n',
    by: '    ctx = caller_ctx;\n',
  },
  {
    why: 'There is one realm.',
    find: '            ctx = b->realm;\n',
    by: '            ctx = caller_ctx;\n',
  },
  {
    why: 'There is one realm.',
    find: '            realm = b->realm;\n',
    by: '            realm = ctx;\n',
  },
  {
    why: 'The image drops what makes closures, where they are made.',
    find: '    for(i = 0; i < b->closure_var_count; i++) {\n        JSClosureVar *cv = &b->closure_var[i];\n        JS_FreeAtomRT(rt, cv->var_name);',
    by: '    for(i = 0; b->closure_var && i < b->closure_var_count; i++) {\n        JSClosureVar *cv = &b->closure_var[i];\n        JS_FreeAtomRT(rt, cv->var_name);',
  },
  ...['v1, v2', 'd1, d2'].map((operands) => ({
    why: 'The tables of powers stay only where code has the operator.',
    find: `js_math_pow(${operands})`,
    by: `power(${operands})`,
  })),
  {
    why: 'The tables of powers stay only where code has the operator.',
    find: 'static no_inline __exception int js_binary_arith_slow(',
    by: 'static double js_math_pow(double a, double b);\nstatic double (*power)(double a, double b) = js_math_pow;\n\nstatic no_inline __exception int js_binary_arith_slow(',
  },
  {
    why: 'Without traces, what makes them is left out.',
    find: 'static void build_backtrace(JSContext *ctx, JSValueConst error_val,',
    by: '#include "traces.c"\nstatic void make_backtrace(JSContext *ctx, JSValueConst error_val,',
  },
  {
    why: 'Without traces, functions have neither name nor length of their own.',
    find: 'static void js_function_set_properties(JSContext *ctx, JSValue func_obj,\n                                       JSAtom name, int len)\n{\n',
    by: 'static bool are_functions_bare;\nstatic void js_function_set_properties(JSContext *ctx, JSValue func_obj,\n                                       JSAtom name, int len)\n{\n    if (are_functions_bare)\n        return;\n',
  },
  {
    why: 'Without traces, functions have no prototype of their own either, until it is asked for.',
    find: '        JS_SetConstructorBit(ctx, func_obj, true);\n        JS_DefineAutoInitProperty(',
    by: '        JS_SetConstructorBit(ctx, func_obj, true);\n        if (!are_functions_bare)\n            JS_DefineAutoInitProperty(',
  },
  {
    why: 'Without traces, only classes have names.',
    find: 'static bool js_object_has_name(JSContext *ctx, JSValue obj)\n{\n',
    by: 'static bool js_object_has_name(JSContext *ctx, JSValue obj)\n{\n    if (are_functions_bare && js_class_has_bytecode(JS_VALUE_GET_OBJ(obj)->class_id) && !JS_VALUE_GET_OBJ(obj)->is_constructor)\n        return true;\n',
  },
  {
    why: 'Plain JSON is read in one pass.',
    find: '    JSValue val = JS_UNDEFINED;\n\n    js_parse_init(ctx, s, buf, buf_len, filename, 1);\n    if (json_next_token(s))',
    by: '    JSValue val = JS_UNDEFINED;\n\n    if (!pr && quick_json(ctx, buf, buf_len, &val))\n        return val;\n    js_parse_init(ctx, s, buf, buf_len, filename, 1);\n    if (json_next_token(s))',
  },
  {
    why: 'Plain JSON is read in one pass.',
    find: 'static JSValue JS_ParseJSON_internal(JSContext *ctx, const char *buf, size_t buf_len,',
    by: 'static bool quick_json(JSContext *ctx, const char *text, size_t length, JSValue *value);\nstatic JSValue JS_ParseJSON_internal(JSContext *ctx, const char *buf, size_t buf_len,',
  },
  {
    why: 'An object that grows in a call grows once, mostly.',
    find: '    new_size = max_int(count, sh->prop_size * 3 / 2);',
    by: '    new_size = max_int(max_int(count, least_growth), sh->prop_size * 3 / 2);',
  },
  {
    why: 'An object that grows in a call grows once, mostly.',
    find: 'static no_inline int resize_properties(JSContext *ctx, JSShape **psh,',
    by: 'static int least_growth; /* of an object, in properties; the image sets it */\nstatic no_inline int resize_properties(JSContext *ctx, JSShape **psh,',
  },
  {
    why: 'Small integers are read in one pass, others without the C library.',
    find: 'static int json_parse_number(JSParseState *s, const uint8_t **pp)\n{\n',
    by: '#include "json_number.c"\nstatic int json_parse_number(JSParseState *s, const uint8_t **pp)\n{\n',
  },
  {
    why: 'Small integers are read in one pass, others without the C library.',
    find: 'js_float64(strtod((const char *)p_start, NULL))',
    by: 'json_number(p_start, p)',
  },
  {
    why: 'A new property of a plain object takes the short way.',
    find: '                           JSAtom prop, JSValue val, int flags)\n{\n    int ret;\n    ret = JS_DefinePropertyValueConst(ctx, this_obj, prop, val, flags);\n',
    by: '                           JSAtom prop, JSValue val, int flags)\n{\n    int ret;\n    if (is_plain(this_obj) && (flags & ~JS_PROP_THROW) == JS_PROP_C_W_E) {\n        ret = add_plain_property(ctx, JS_VALUE_GET_OBJ(this_obj), prop, val);\n        if (ret)\n            return ret;\n    }\n    ret = JS_DefinePropertyValueConst(ctx, this_obj, prop, val, flags);\n',
  },
  {
    why: 'A new property of a plain object takes the short way.',
    find: 'int JS_DefinePropertyValue(JSContext *ctx, JSValueConst this_obj,',
    by: '#include "plain_objects.c"\nint JS_DefinePropertyValue(JSContext *ctx, JSValueConst this_obj,',
  },
  {
    why: 'A plain object is copied with its shape.',
    find: '    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)\n        return 0;\n\n    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)\n        pexcl',
    by: '    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)\n        return 0;\n    if (!setprop && JS_VALUE_GET_TAG(excluded) != JS_TAG_OBJECT && copy_plain_properties(ctx, target, source))\n        return 0;\n\n    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)\n        pexcl',
  },
  {
    why: 'js_free_value_rt is inlined into hot functions.',
    find: 'static JSValue js_new_string8_len(JSContext *ctx, const char *buf, int len);\n',
    by: `static JSValue js_new_string8_len(JSContext *ctx, const char *buf, int len);
static void js_free_value_rt(JSRuntime *rt, JSValue v);
static inline __attribute__((always_inline)) void free_value_inline(JSContext *ctx, JSValue value)
{
    if (JS_VALUE_HAS_REF_COUNT(value) && --JS_REF_COUNT(JS_VALUE_GET_PTR(value)) <= 0)
        js_free_value_rt(ctx->rt, value);
}
`,
  },
]

/** Calls spend their time in these: they are compiled for speed, the others for size. */
const HOT_FUNCTIONS = readFileSync(new URL('hot-functions.txt', import.meta.url), 'utf8')
  .trim()
  .split(/\s+/)

const BEGIN_SMALL = '#pragma clang attribute push(__attribute__((minsize)), apply_to = function)\n'
const END_SMALL = '#pragma clang attribute pop\n'

const [, , quickjsFolder, outFile] = process.argv
if (quickjsFolder === undefined || outFile === undefined) throw new Error('usage: node patch.ts QUICKJS_FOLDER OUT.c')
writeFileSync(outFile, patch(readFileSync(join(quickjsFolder, 'quickjs.c'), 'utf8')))

function patch(original: string): string {
  const edited = EDITS.reduce(applyEdit, original)
  const listed = putFunctionListsInOneSection(`${edited}\n#include "engine.c"\n`)
  return HOT_FUNCTIONS.reduce(compileForSpeed, compileForSize(listed))
}

function applyEdit(source: string, { why, find, until, by }: Edit): string {
  const start = source.indexOf(find)
  if (start < 0 || source.indexOf(find, start + 1) >= 0) throw new Error(`not there exactly once (${why}): ${find}`)
  const end = until === undefined ? start + find.length : source.indexOf(until, start)
  if (end < 0) throw new Error(`no end (${why}): ${until}`)
  return source.slice(0, start) + by + source.slice(end)
}

/** So that the image can drop them all: what is still needed of them is copied (image.c). */
function putFunctionListsInOneSection(source: string): string {
  return source.replace(
    /^((?:static )?const JSCFunctionListEntry \w+\[\]) = \{/gm,
    '$1 __attribute__((section("function_lists"))) = {',
  )
}

function compileForSize(source: string): string {
  const include = '#include "dtoa.h"\n'
  const at = source.indexOf(include) + include.length
  return source.slice(0, at) + BEGIN_SMALL + source.slice(at) + END_SMALL
}

function compileForSpeed(source: string, name: string): string {
  const definition = new RegExp(
    `^(?:static |inline |no_inline |force_inline |__exception |const |unsigned |struct )*[A-Za-z_]\\w*[ *]+${name}\\([^;{}]*\\)\\s*\\{`,
    'm',
  )
  const match = definition.exec(source)
  if (match === null) throw new Error(`no function ${name}`)
  const end = source.indexOf('\n}\n', match.index) + '\n}\n'.length
  const text = source.slice(match.index, end)
  const hot = name === 'JS_FreeValue' ? text : text.replace(/\bJS_FreeValue\(/g, 'free_value_inline(')
  return source.slice(0, match.index) + END_SMALL + hot + BEGIN_SMALL + source.slice(end)
}
