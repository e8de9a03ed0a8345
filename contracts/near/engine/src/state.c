/*
 * near-sdk-js's state codec, and the call's input, without a detour over JavaScript strings.
 */

/* near-sdk-js writes a bigint as {"value":"1","typeInfo":"bigint"} and a Date as {"value":ISO,"typeInfo":"date"}. */
static JSAtom type_info;

static JSValue branded(JSContext *ctx, JSValue value, const char *brand)
{
    if (JS_IsException(value))
        return value;
    JSValue object = JS_NewObject(ctx);
    JS_DefinePropertyValue(ctx, object, JS_ATOM_value, value, JS_PROP_C_W_E);
    JS_DefinePropertyValue(ctx, object, type_info, JS_NewString(ctx, brand), JS_PROP_C_W_E);
    return object;
}

static bool is_class(JSValueConst value, int class_id)
{
    return JS_VALUE_GET_TAG(value) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(value)->class_id == class_id;
}

/* JSON.stringify's replacer: (key, value), `this` is the holder, where a Date is still a Date. */
static JSValue native_state_replacer(JSContext *ctx, JSValueConst holder, int argc, JSValueConst *argv)
{
    if (is_bigint(argv[1]))
        return branded(ctx, JS_ToString(ctx, argv[1]), "bigint");
    /* A Date's toJSON has made a string of it, or null when it is invalid. */
    bool is_string = JS_VALUE_GET_TAG(argv[1]) == JS_TAG_STRING;
    if (!is_string && !JS_IsNull(argv[1]))
        return js_dup(argv[1]);

    JSValue held = JS_GetPropertyValue(ctx, holder, js_dup(argv[0]));
    if (JS_IsException(held))
        return held;
    bool is_date = is_class(held, JS_CLASS_DATE);
    JS_FreeValue(ctx, held);
    if (!is_date)
        return js_dup(argv[1]);
    return is_string ? branded(ctx, js_dup(argv[1]), "date") : JS_ThrowRangeError(ctx, "Date value is NaN");
}

static JSValue native_result_replacer(JSContext *ctx, JSValueConst holder, int argc, JSValueConst *argv)
{
    return is_bigint(argv[1]) ? JS_ToString(ctx, argv[1]) : js_dup(argv[1]);
}

static bool is_text(JSValueConst value, const char *text)
{
    if (JS_VALUE_GET_TAG(value) != JS_TAG_STRING)
        return false;
    JSString *string = JS_VALUE_GET_STRING(value);
    return !string->is_wide_char && string->len == strlen(text) && !memcmp(str8(string), text, string->len);
}

/* Finds the two places of {"value":…,"typeInfo":…}, in either order. */
static bool is_branded(JSObject *object, int *value_at, int *type_at)
{
    JSShapeProperty *names = get_shape_prop(object->shape);
    if (object->shape->prop_count != 2)
        return false;
    *value_at = names[1].atom == JS_ATOM_value;
    *type_at = 1 - *value_at;
    return names[*value_at].atom == JS_ATOM_value && names[*type_at].atom == type_info;
}

static JSValue new_date(JSContext *ctx, JSValueConst text)
{
    JSValue constructor = JS_GetProperty(ctx, ctx->global_obj, JS_ATOM_Date);
    if (JS_IsException(constructor))
        return constructor;
    JSValue date = JS_CallConstructor(ctx, constructor, 1, &text);
    JS_FreeValue(ctx, constructor);
    return date;
}

/* Puts bigints and Dates in the place of their brands, innermost first, in what JSON.parse has just made. */
static int revive(JSContext *ctx, JSValue *place)
{
    if (is_class(*place, JS_CLASS_ARRAY)) {
        JSObject *array = JS_VALUE_GET_OBJ(*place);
        for (uint32_t i = 0; i < array->u.array.count; i++) {
            if (revive(ctx, &array->u.array.u.values[i]))
                return -1;
        }
        return 0;
    }
    if (!is_class(*place, JS_CLASS_OBJECT))
        return 0;

    JSObject *object = JS_VALUE_GET_OBJ(*place);
    for (int i = 0; i < object->shape->prop_count; i++) {
        if (revive(ctx, &object->prop[i].u.value))
            return -1;
    }
    int value_at, type_at;
    if (!is_branded(object, &value_at, &type_at))
        return 0;
    JSValueConst value = object->prop[value_at].u.value, type = object->prop[type_at].u.value;
    JSValue revived;
    if (is_text(type, "bigint"))
        revived = js_bigint_constructor(ctx, JS_UNDEFINED, 1, &value);
    else if (is_text(type, "date"))
        revived = new_date(ctx, value);
    else
        return 0;
    JS_FreeValue(ctx, *place);
    *place = revived;
    return JS_IsException(revived) ? -1 : 0;
}

static JSValue parse_state(JSContext *ctx, const uint8_t *json, size_t length)
{
    JSValue value = JS_ParseJSON(ctx, (const char *)json, length, "<state>");
    return JS_IsException(value) || !revive(ctx, &value) ? value : JS_EXCEPTION;
}

/* (Uint8Array of JSON) -> what near-sdk-js's `serialize` wrote. */
static JSValue native_parse_state(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    char *json = js_strndup(ctx, (const char *)bytes.data, bytes.length); /* the parser wants a 0 behind it */
    JSValue value = parse_state(ctx, (const uint8_t *)json, bytes.length);
    js_free(ctx, json);
    return value;
}

/* What the state was when it was read: what is the same need not be written. */
static Bytes read_state;

/* The same from register 0. */
static JSValue native_parse_state_register(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    size_t length;
    uint8_t *json = take_register(ctx, 0, &length);
    if (!json)
        return JS_UNDEFINED;
    json[length] = 0;
    read_state = (Bytes){ json, length };
    return parse_state(ctx, json, length);
}

/* (key, JSON) */
static JSValue native_write_state(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes key, json;
    if (to_text(ctx, &key, argv[0]) || to_text(ctx, &json, argv[1]))
        return JS_EXCEPTION;
    if (!read_state.data || json.length != read_state.length || memcmp(json.data, read_state.data, json.length))
        host_storage_write(key.length, address_of(key.data), json.length, address_of(json.data), UINT64_MAX - 1);
    free_text(ctx, &key);
    free_text(ctx, &json);
    return JS_UNDEFINED;
}

/* Register 0 as JSON, undefined when it is empty. */
static JSValue parse_register(JSContext *ctx, const char *name)
{
    size_t length;
    uint8_t *json = take_register(ctx, 0, &length);
    JSValue value = JS_UNDEFINED;
    if (length > 0) {
        json[length] = 0; /* the parser wants it */
        value = JS_ParseJSON(ctx, (const char *)json, length, name);
    }
    js_free(ctx, json);
    return value;
}

/* The call's input as JSON; undefined when it is empty. */
static JSValue native_parse_input(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    host_input(0);
    return parse_register(ctx, "<input>");
}
