/*
 * near-sdk-js's ways to registers, storage and result, for keys and values that are text or bytes.
 */

/* Register 0 as a string of characters below 256: an account id, say. */
static JSValue native_register_latin1(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint64_t length = host_register_len(0);
    uint8_t *characters;
    if (length == UINT64_MAX)
        return JS_UNDEFINED;
    JSValue string = new_latin1(ctx, length, &characters);
    if (!JS_IsException(string))
        host_read_register(0, address_of(characters));
    return string;
}

static JSValue native_register_utf8(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    size_t length;
    uint8_t *data = take_register(ctx, 0, &length);
    if (!data)
        return JS_UNDEFINED;
    JSValue string = JS_NewStringLen(ctx, (const char *)data, length);
    js_free(ctx, data);
    return string;
}

/* A Uint8Array as it is, anything else as UTF-8; to be freed with release. */
static int to_bytes_or_text(JSContext *ctx, Bytes *bytes, JSValueConst value)
{
    return JS_IsObject(value) ? to_bytes(ctx, bytes, value) : to_text(ctx, bytes, value);
}

static void release(JSContext *ctx, const Bytes *bytes, JSValueConst value)
{
    if (!JS_IsObject(value))
        free_text(ctx, bytes);
}

/* (key, value) -> whether there was a value before; that goes into register 2^64 - 2, as near-sdk-js has it. */
static JSValue native_storage_write(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key, value;
    if (to_bytes_or_text(ctx, &key, argv[0]) || to_bytes_or_text(ctx, &value, argv[1]))
        return JS_EXCEPTION;
    forget_record(&key);
    uint64_t had_value =
        host_storage_write(key.length, address_of(key.data), value.length, address_of(value.data), UINT64_MAX - 1);
    release(ctx, &key, argv[0]);
    release(ctx, &value, argv[1]);
    return JS_NewBool(ctx, had_value);
}

/* (key) -> whether there is a value; it goes into register 0. */
static JSValue native_storage_read(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key;
    if (to_bytes_or_text(ctx, &key, argv[0]))
        return JS_EXCEPTION;
    uint64_t found = host_storage_read(key.length, address_of(key.data), 0);
    release(ctx, &key, argv[0]);
    return JS_NewBool(ctx, found);
}

static JSValue native_storage_remove(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key;
    if (to_bytes_or_text(ctx, &key, argv[0]))
        return JS_EXCEPTION;
    forget_record(&key);
    uint64_t had_value = host_storage_remove(key.length, address_of(key.data), UINT64_MAX - 1);
    release(ctx, &key, argv[0]);
    return JS_NewBool(ctx, had_value);
}

static JSValue native_storage_has_key(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key;
    if (to_bytes_or_text(ctx, &key, argv[0]))
        return JS_EXCEPTION;
    uint64_t found = host_storage_has_key(key.length, address_of(key.data));
    release(ctx, &key, argv[0]);
    return JS_NewBool(ctx, found);
}

static JSValue native_value_return(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes value;
    if (to_bytes_or_text(ctx, &value, argv[0]))
        return JS_EXCEPTION;
    host_value_return(value.length, address_of(value.data));
    release(ctx, &value, argv[0]);
    return JS_UNDEFINED;
}
