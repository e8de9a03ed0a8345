/*
 * How a call runs. Each exported method of a contract is a wasm function that passes its JavaScript function, and what that is called
 * with, to one of the two entries. These, and what they reach, are all that stays of the engine.
 */
#define EXPORT(name) __attribute__((export_name(#name), used))

static JSRuntime *runtime;
static JSContext *context;

/* Ends the call with "message\nstack", or with the value as text when it is no Error. */
static void panic_with(JSValue error)
{
    JSContext *ctx = context;
    JSValue message = JS_UNDEFINED, stack = JS_UNDEFINED;
    if (JS_IsObject(error)) {
        message = JS_GetProperty(ctx, error, JS_ATOM_message);
        stack = JS_GetProperty(ctx, error, JS_ATOM_stack);
    }

    StringBuffer text;
    string_buffer_init(ctx, &text, 0);
    if (JS_IsUndefined(message)) {
        string_buffer_concat_value_free(&text, JS_ToString(ctx, error));
    } else {
        string_buffer_concat_value_free(&text, JS_ToString(ctx, message));
        if (!JS_IsUndefined(stack)) {
            string_buffer_putc8(&text, '\n');
            string_buffer_concat_value_free(&text, JS_ToString(ctx, stack));
        }
    }

    Bytes utf8;
    if (to_well_formed_text(ctx, &utf8, string_buffer_end(&text)))
        utf8 = (Bytes){ (const uint8_t *)"an error without a text", 23 };
    host_panic_utf8(utf8.length, address_of(utf8.data));
}

/* Without `object`: without arguments. */
static void call_function(JSObject *function, JSObject *object, JSString *string)
{
    JSValue arguments[2] = { JS_MKPTR(JS_TAG_OBJECT, object), JS_MKPTR(JS_TAG_STRING, string) };
    JSValue result = JS_Call(context, JS_MKPTR(JS_TAG_OBJECT, function), JS_UNDEFINED, object ? 2 : 0, arguments);
    if (JS_IsException(result))
        panic_with(JS_GetException(context));
}

EXPORT(engine_call) void engine_call(JSObject *function, JSObject *object, JSString *string)
{
    call_function(function, object, string);
}

/* The first rejected promise that nobody handles. */
static JSValue unhandled_promise, unhandled_reason;

static void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque)
{
    if (!is_handled && JS_IsUndefined(unhandled_promise)) {
        unhandled_promise = js_dup(promise);
        unhandled_reason = js_dup(reason);
    } else if (is_handled && JS_VALUE_GET_PTR(unhandled_promise) == JS_VALUE_GET_PTR(promise)) {
        unhandled_promise = JS_UNDEFINED;
    }
}

/* For contracts with promises and async functions: runs their jobs before the call ends. */
EXPORT(engine_call_with_jobs) void engine_call_with_jobs(JSObject *function, JSObject *object, JSString *string)
{
    JSContext *ctx;
    unhandled_promise = JS_UNDEFINED;
    JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);
    call_function(function, object, string);

    int status;
    while ((status = JS_ExecutePendingJob(runtime, &ctx)) > 0)
        ;
    if (status < 0)
        panic_with(JS_GetException(context));
    if (!JS_IsUndefined(unhandled_promise))
        panic_with(unhandled_reason);
}
