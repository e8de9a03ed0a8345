/*
 * JSON as UTF-8 straight from plain data: strings, numbers, booleans, null, and objects and arrays of them. Anything else, a
 * Date or an object with toJSON say, is left to JSON.stringify, with the same result. A bigint is its decimal digits as a string.
 */
enum { DEEPEST_PLAIN = 100 }; /* what lies deeper may be a circle: JSON.stringify says so */

enum written { FAILED = -1, NOTHING, WRITTEN, NOT_PLAIN };

typedef struct {
    uint8_t *data;
    size_t length, capacity;
} Output;

static no_inline bool grow(JSContext *ctx, Output *out, size_t more)
{
    size_t capacity = (out->length + more) * 2 + 500;
    uint8_t *data = js_realloc(ctx, out->data, capacity);
    if (!data)
        return false;
    out->data = data;
    out->capacity = capacity;
    return true;
}

/* Makes room for `more` bytes behind what is there. */
static inline bool reserve(JSContext *ctx, Output *out, size_t more)
{
    return out->capacity - out->length >= more || grow(ctx, out, more);
}

static bool write_bytes(JSContext *ctx, Output *out, const void *data, size_t length)
{
    if (!reserve(ctx, out, length))
        return false;
    memcpy(out->data + out->length, data, length);
    out->length += length;
    return true;
}

/* Whether none of eight characters is a control character, a quote, a backslash or above 127. May say no too often. */
static inline bool stay_as_they_are(uint64_t characters)
{
    uint64_t quotes = characters ^ EVERY_BYTE('"'), backslashes = characters ^ EVERY_BYTE('\\');
    return !(((characters - EVERY_BYTE(0x20)) | (quotes - EVERY_BYTE(1)) | (backslashes - EVERY_BYTE(1)) | characters) & EVERY_BYTE(0x80));
}

static uint8_t *write_escaped(uint8_t *to, uint32_t c)
{
    static const char short_forms[] = "btn\0fr"; /* from 8 */
    static const char digits[] = "0123456789abcdef";
    *to++ = '\\';
    if (c == '"' || c == '\\') {
        *to++ = c;
    } else if (c >= '\b' && c <= '\r' && c != '\v') {
        *to++ = short_forms[c - '\b'];
    } else {
        *to++ = 'u';
        for (int shift = 12; shift >= 0; shift -= 4)
            *to++ = digits[c >> shift & 15];
    }
    return to;
}

/* One character, at most six bytes. */
static uint8_t *write_character(uint8_t *to, uint32_t c)
{
    if (c < 0x20 || c == '"' || c == '\\' || (c >= 0xd800 && c < 0xe000))
        return write_escaped(to, c);
    return to + utf8_encode(to, c);
}

static bool write_slowly(JSContext *ctx, Output *out, JSString *string, uint32_t from)
{
    uint32_t length = string->len;
    if (!reserve(ctx, out, (size_t)(length - from) * 6 + 1))
        return false;
    uint8_t *to = out->data + out->length;
    for (uint32_t i = from; i < length; i++) {
        uint32_t c = string->is_wide_char ? str16(string)[i] : str8(string)[i];
        if (is_hi_surrogate(c) && i + 1 < length && is_lo_surrogate(str16(string)[i + 1]))
            c = from_surrogate(c, str16(string)[++i]);
        to = write_character(to, c);
    }
    *to++ = '"';
    out->length = to - out->data;
    return true;
}

/* A flat string with its quotes. */
static bool write_string(JSContext *ctx, Output *out, JSString *string)
{
    uint32_t length = string->len, i = 0;
    if (!reserve(ctx, out, length + 10))
        return false;
    uint8_t *to = out->data + out->length;
    *to++ = '"';
    if (!string->is_wide_char) {
        const uint8_t *from = str8(string);
        for (; i + 8 <= length && stay_as_they_are(*(const word *)(from + i)); i += 8)
            *(word *)(to + i) = *(const word *)(from + i);
        for (; i < length && from[i] >= 0x20 && from[i] < 0x80 && from[i] != '"' && from[i] != '\\'; i++)
            to[i] = from[i];
    }
    out->length = to + i - out->data;
    if (i < length)
        return write_slowly(ctx, out, string, i);
    to[i] = '"';
    out->length++;
    return true;
}

static bool write_text_value(JSContext *ctx, Output *out, JSValueConst value)
{
    JSValue flat = flat_string(ctx, value);
    if (JS_IsException(flat))
        return false;
    bool done = write_string(ctx, out, JS_VALUE_GET_STRING(flat));
    JS_FreeValue(ctx, flat);
    return done;
}

/* The digits of a number, or of a bigint in quotes. */
static bool write_number(JSContext *ctx, Output *out, JSValueConst value)
{
    char digits[12];
    if (JS_VALUE_GET_TAG(value) == JS_TAG_INT)
        return write_bytes(ctx, out, digits, i32toa(digits, JS_VALUE_GET_INT(value)));
    if (is_bigint(value))
        return write_text_value(ctx, out, value);
    if (!isfinite(JS_VALUE_GET_FLOAT64(value)))
        return write_bytes(ctx, out, "null", 4);
    JSValue text = JS_ToString(ctx, value);
    if (JS_IsException(text))
        return false;
    JSString *string = JS_VALUE_GET_STRING(text);
    bool done = write_bytes(ctx, out, str8(string), string->len);
    JS_FreeValue(ctx, text);
    return done;
}

static enum written write_value(JSContext *ctx, Output *out, JSValueConst value, int depth);

static enum written write_array(JSContext *ctx, Output *out, JSObject *array, int depth)
{
    uint32_t count = array->u.array.count;
    if (!array->fast_array || array->shape->proto != JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_ARRAY]) ||
        JS_VALUE_GET_INT(array->prop[0].u.value) != count || array->shape->prop_count > 1)
        return NOT_PLAIN;
    for (uint32_t i = 0; i < count; i++) {
        if (!write_bytes(ctx, out, i ? "," : "[", 1))
            return FAILED;
        enum written written = write_value(ctx, out, array->u.array.u.values[i], depth + 1);
        if (written == NOTHING)
            written = write_bytes(ctx, out, "null", 4) ? WRITTEN : FAILED;
        if (written != WRITTEN)
            return written;
    }
    return write_bytes(ctx, out, count ? "]" : "[]", count ? 1 : 2) ? WRITTEN : FAILED;
}

static enum written write_object(JSContext *ctx, Output *out, JSObject *object, int depth)
{
    JSShape *shape = object->shape;
    if (object->is_exotic || shape->proto != JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT]))
        return NOT_PLAIN;
    bool is_first = true;
    JSShapeProperty *property = get_shape_prop(shape);
    for (int i = 0; i < shape->prop_count; i++, property++) {
        if (property->atom == JS_ATOM_NULL || !(property->flags & JS_PROP_ENUMERABLE))
            continue;
        /* Whole numbers come first in an object, wherever they stand. */
        if ((property->flags & JS_PROP_TMASK) != JS_PROP_NORMAL || property->atom == JS_ATOM_toJSON ||
            __JS_AtomIsTaggedInt(property->atom))
            return NOT_PLAIN;
        JSString *name = ctx->rt->atom_array[property->atom];
        if (name->atom_type != JS_ATOM_TYPE_STRING)
            continue;

        size_t before = out->length;
        if (!write_bytes(ctx, out, is_first ? "{" : ",", 1) || !write_string(ctx, out, name) || !write_bytes(ctx, out, ":", 1))
            return FAILED;
        enum written written = write_value(ctx, out, object->prop[i].u.value, depth + 1);
        if (written == NOTHING)
            out->length = before;
        else if (written != WRITTEN)
            return written;
        else
            is_first = false;
    }
    return write_bytes(ctx, out, is_first ? "{}" : "}", is_first ? 2 : 1) ? WRITTEN : FAILED;
}

static enum written write_value(JSContext *ctx, Output *out, JSValueConst value, int depth)
{
    bool done;
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_STRING:
        done = write_string(ctx, out, JS_VALUE_GET_STRING(value));
        break;
    case JS_TAG_STRING_ROPE:
        done = write_text_value(ctx, out, value);
        break;
    case JS_TAG_INT:
    case JS_TAG_FLOAT64:
    case JS_TAG_BIG_INT:
    case JS_TAG_SHORT_BIG_INT:
        done = write_number(ctx, out, value);
        break;
    case JS_TAG_BOOL:
        done = JS_VALUE_GET_BOOL(value) ? write_bytes(ctx, out, "true", 4) : write_bytes(ctx, out, "false", 5);
        break;
    case JS_TAG_NULL:
        done = write_bytes(ctx, out, "null", 4);
        break;
    case JS_TAG_UNDEFINED:
        return NOTHING;
    case JS_TAG_OBJECT:
        if (depth < DEEPEST_PLAIN && is_class(value, JS_CLASS_OBJECT))
            return write_object(ctx, out, JS_VALUE_GET_OBJ(value), depth);
        if (depth < DEEPEST_PLAIN && is_class(value, JS_CLASS_ARRAY))
            return write_array(ctx, out, JS_VALUE_GET_OBJ(value), depth);
        return NOT_PLAIN;
    default:
        return NOT_PLAIN;
    }
    return done ? WRITTEN : FAILED;
}

/* JSON.stringify's replacer for bigints. */
static JSValue replacer;

static enum written write_by_stringify(JSContext *ctx, Output *out, JSValueConst value)
{
    Bytes utf8;
    JSValue text = JS_JSONStringify(ctx, value, replacer, JS_UNDEFINED);
    if (JS_IsException(text))
        return FAILED;
    if (JS_IsUndefined(text))
        return NOTHING;
    bool done = !to_text(ctx, &utf8, text) && write_bytes(ctx, out, utf8.data, utf8.length);
    free_text(ctx, &utf8);
    JS_FreeValue(ctx, text);
    return done ? WRITTEN : FAILED;
}

static bool has_to_json(JSContext *ctx, int class_id)
{
    JSProperty *property;
    return find_own_property(&property, JS_VALUE_GET_OBJ(ctx->class_proto[class_id]), JS_ATOM_toJSON) != NULL;
}

/* Behind what is there; NOTHING for what JSON does not have, a function say. */
static enum written put_json(JSContext *ctx, Output *out, JSValueConst value)
{
    size_t before = out->length;
    if (!has_to_json(ctx, JS_CLASS_OBJECT) && !has_to_json(ctx, JS_CLASS_ARRAY)) {
        enum written written = write_value(ctx, out, value, 0);
        if (written != NOT_PLAIN)
            return written;
        out->length = before;
    }
    return write_by_stringify(ctx, out, value);
}

/* (value) -> Uint8Array, undefined for what JSON does not have. */
static JSValue native_to_json(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Output out = { 0 };
    enum written written = put_json(ctx, &out, argv[0]);
    if (written == WRITTEN)
        return own_bytes(ctx, out.data, out.length);
    js_free(ctx, out.data);
    return written == NOTHING ? JS_UNDEFINED : JS_EXCEPTION;
}

/* (value) : the call's result. */
static JSValue native_return_json(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Output out = { 0 };
    enum written written = put_json(ctx, &out, argv[0]);
    if (written == WRITTEN)
        host_value_return(out.length, address_of(out.data));
    js_free(ctx, out.data);
    return written == FAILED ? JS_EXCEPTION : JS_UNDEFINED;
}

static bool write_field(JSContext *ctx, Output *out, const char *before, JSValueConst text)
{
    return write_bytes(ctx, out, before, strlen(before)) && write_text_value(ctx, out, text);
}

/* (standard, version, event, data): logs one event as NEP-297 has it. */
static JSValue native_log_event(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Output out = { 0 };
    bool done = write_field(ctx, &out, "EVENT_JSON:{\"standard\":", argv[0]) && write_field(ctx, &out, ",\"version\":", argv[1]) &&
        write_field(ctx, &out, ",\"event\":", argv[2]) && write_bytes(ctx, &out, ",\"data\":", 8);
    enum written written = done ? put_json(ctx, &out, argv[3]) : FAILED;
    if (written == NOTHING) {
        JS_ThrowTypeError(ctx, "JSON does not have this event's data");
        written = FAILED;
    }
    if (written == WRITTEN && !write_bytes(ctx, &out, "}", 1))
        written = FAILED;
    if (written == WRITTEN)
        host_log_utf8(out.length, address_of(out.data));
    js_free(ctx, out.data);
    return written == WRITTEN ? JS_UNDEFINED : JS_EXCEPTION;
}
