/*
 * What near-sdk-js's `env` has beside plain host functions.
 */

/* Fetches a register; the result is NULL with length 0 when it is empty. One byte more than `length` is there. */
static uint8_t *take_register(JSContext *ctx, uint64_t id, size_t *length)
{
    uint64_t found = host_register_len(id);
    *length = 0;
    if (found == UINT64_MAX)
        return NULL;
    uint8_t *data = js_malloc(ctx, found + 1);
    if (!data)
        return NULL;
    host_read_register(id, address_of(data));
    *length = found;
    return data;
}

static JSValue env_read_register(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint64_t id;
    size_t length;
    if (to_u64(ctx, &id, argv[0]))
        return JS_EXCEPTION;
    uint8_t *data = take_register(ctx, id, &length);
    return data ? own_bytes(ctx, data, length) : JS_UNDEFINED;
}

static JSValue env_promise_and(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint64_t *promises = js_malloc(ctx, argc * sizeof *promises + 1);
    for (int i = 0; i < argc; i++) {
        if (to_u64(ctx, &promises[i], argv[i]))
            return JS_EXCEPTION;
    }
    uint64_t joint = host_promise_and(address_of(promises), argc);
    js_free(ctx, promises);
    return JS_NewBigUint64(ctx, joint);
}

static JSValue env_log(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    if (to_well_formed_text(ctx, &text, argv[0]))
        return JS_EXCEPTION;
    host_log_utf8(text.length, address_of(text.data));
    free_text(ctx, &text);
    return JS_UNDEFINED;
}

static JSValue env_panic(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    if (to_well_formed_text(ctx, &text, argv[0]))
        return JS_EXCEPTION;
    host_panic_utf8(text.length, address_of(text.data));
    return JS_UNDEFINED;
}

static JSValue env_utf8_string_to_uint8array(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    if (to_text(ctx, &text, argv[0]))
        return JS_EXCEPTION;
    JSValue bytes = new_bytes(ctx, text.data, text.length);
    free_text(ctx, &text);
    return bytes;
}

static JSValue env_uint8array_to_utf8_string(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    return JS_NewStringLen(ctx, (const char *)bytes.data, bytes.length);
}

static JSValue env_uint8array_to_latin1_string(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    return js_new_string8_len(ctx, (const char *)bytes.data, bytes.length);
}

/* Characters above 255 lose their upper byte, as in near-sdk-js. */
static JSValue env_latin1_string_to_uint8array(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    JSValue value = flat_string(ctx, argv[0]);
    if (JS_IsException(value))
        return value;
    JSString *string = JS_VALUE_GET_STRING(value);
    size_t length = string->len;
    uint8_t *data = js_malloc(ctx, length + 1);
    for (size_t i = 0; i < length; i++)
        data[i] = string->is_wide_char ? str16(string)[i] : str8(string)[i];
    JS_FreeValue(ctx, value);
    return own_bytes(ctx, data, length);
}

#define ENV(name, length) JS_CFUNC_DEF(#name, length, env_##name)
static const JSCFunctionListEntry env_functions[] = {
    ENV(read_register, 1),
    ENV(promise_and, 0),
    ENV(log, 1),
    ENV(panic, 1),
    ENV(utf8_string_to_uint8array, 1),
    ENV(uint8array_to_utf8_string, 1),
    ENV(latin1_string_to_uint8array, 1),
    ENV(uint8array_to_latin1_string, 1),
};
