/*
 * JSON.parse for what calls and records mostly are: objects and arrays of ASCII without escapes, small whole numbers, true, false and
 * null. Anything else, an error too, is left to quickjs-ng's parser, which starts again: the result is the same.
 */
enum { DEEPEST_QUICK = 64, MOST_ENTRIES = 64 };

typedef struct {
    JSContext *ctx;
    const uint8_t *at; /* a 0 stands behind the text */
    int depth;
} Quick;

static bool quick_value(Quick *json, JSValue *value);

static inline uint8_t next_character(Quick *json)
{
    while (*json->at == ' ' || *json->at == '\n' || *json->at == '\r' || *json->at == '\t')
        json->at++;
    return *json->at;
}

/* The text behind a quote, up to the next; json->at is behind that then. False when it is not ASCII as it is, or has no end. */
static inline bool quick_text(Quick *json, const uint8_t **text, size_t *length)
{
    const uint8_t *start = ++json->at, *at = start;
    while (stay_as_they_are(*(const word *)at))
        at += 8;
    for (; *at != '"'; at++) {
        if (*at < 0x20 || *at == '\\' || *at >= 0x80)
            return false;
    }
    *text = start;
    *length = at - start;
    json->at = at + 1;
    return true;
}

static bool quick_string(Quick *json, JSValue *value)
{
    const uint8_t *text;
    uint8_t *characters;
    size_t length;
    if (!quick_text(json, &text, &length))
        return false;
    *value = new_latin1(json->ctx, length, &characters);
    if (JS_IsException(*value))
        return false;
    memcpy(characters, text, length);
    return true;
}

static bool quick_number(Quick *json, JSValue *value)
{
    const uint8_t *start = json->at;
    uint32_t number = 0;
    while (is_digit(*json->at))
        number = number * 10 + (*json->at++ - '0');
    size_t digits = json->at - start;
    uint8_t next = *json->at | 0x20;
    if (digits == 0 || digits > 9 || (digits > 1 && *start == '0') || next == '.' || next == 'e')
        return false;
    *value = js_int32(number);
    return true;
}

static bool quick_word(Quick *json, JSValue *value, const char *text, size_t length, JSValue meaning)
{
    if (memcmp(json->at, text, length))
        return false;
    json->at += length;
    *value = meaning;
    return true;
}

typedef struct {
    JSAtom name;
    JSValue value;
} Entry;

/* An object that has room for its entries from the start. Takes nothing over. */
static JSValue object_of(JSContext *ctx, const Entry *entries, int count)
{
    int hash_size = 4;
    while (hash_size < count)
        hash_size *= 2;
    JSObject *proto = JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT]);
    JSShape *shape = js_new_shape2(ctx, proto, hash_size, count < 2 ? 2 : count);
    JSValue value = shape ? JS_NewObjectFromShape(ctx, shape, JS_CLASS_OBJECT, NULL) : JS_EXCEPTION;
    if (JS_IsException(value))
        return value;
    JSObject *object = JS_VALUE_GET_OBJ(value);
    for (int i = 0; i < count; i++) {
        JSProperty *property;
        if (!find_own_property(&property, object, entries[i].name)) {
            property = add_property(ctx, object, entries[i].name, JS_PROP_C_W_E);
            if (!property)
                return JS_EXCEPTION;
            property->u.value = JS_UNDEFINED;
        }
        set_value(ctx, &property->u.value, js_dup(entries[i].value)); /* of two with the same name the last counts */
    }
    return value;
}

static bool quick_entries(Quick *json, Entry *entries, int *count)
{
    json->at++;
    if (next_character(json) == '}') {
        json->at++;
        return true;
    }
    for (;;) {
        const uint8_t *text;
        size_t length;
        if (*count == MOST_ENTRIES || next_character(json) != '"' || !quick_text(json, &text, &length))
            return false;
        entries[*count] = (Entry){ JS_NewAtomLen(json->ctx, (const char *)text, length), JS_UNDEFINED };
        if (entries[*count].name == JS_ATOM_NULL)
            return false;
        Entry *entry = &entries[(*count)++];
        if (next_character(json) != ':')
            return false;
        json->at++;
        if (!quick_value(json, &entry->value))
            return false;
        uint8_t next = next_character(json);
        json->at++;
        if (next != ',')
            return next == '}';
    }
}

static bool quick_object(Quick *json, JSValue *value)
{
    Entry entries[MOST_ENTRIES];
    int count = 0;
    bool done = quick_entries(json, entries, &count);
    if (done) {
        *value = object_of(json->ctx, entries, count);
        done = !JS_IsException(*value);
    }
    for (int i = 0; i < count; i++) {
        JS_FreeAtom(json->ctx, entries[i].name);
        JS_FreeValue(json->ctx, entries[i].value);
    }
    return done;
}

static bool quick_array(Quick *json, JSValue *value)
{
    JSValue array = JS_NewArray(json->ctx), element;
    json->at++;
    if (next_character(json) == ']') {
        json->at++;
        *value = array;
        return true;
    }
    for (uint32_t i = 0; quick_value(json, &element); i++) {
        if (JS_DefinePropertyValueUint32(json->ctx, array, i, element, JS_PROP_C_W_E) < 0)
            break;
        uint8_t next = next_character(json);
        json->at++;
        if (next == ']') {
            *value = array;
            return true;
        }
        if (next != ',')
            break;
    }
    JS_FreeValue(json->ctx, array);
    return false;
}

static bool quick_value(Quick *json, JSValue *value)
{
    bool done;
    switch (next_character(json)) {
    case '"':
        return quick_string(json, value);
    case '{':
    case '[':
        if (json->depth == DEEPEST_QUICK)
            return false;
        json->depth++;
        done = *json->at == '{' ? quick_object(json, value) : quick_array(json, value);
        json->depth--;
        return done;
    case 't':
        return quick_word(json, value, "true", 4, JS_TRUE);
    case 'f':
        return quick_word(json, value, "false", 5, JS_FALSE);
    case 'n':
        return quick_word(json, value, "null", 4, JS_NULL);
    default:
        return quick_number(json, value);
    }
}

/* Returns false when the other parser must look at it. A 0 stands behind the text. */
static bool quick_json(JSContext *ctx, const char *text, size_t length, JSValue *value)
{
    Quick json = { ctx, (const uint8_t *)text };
    if (quick_value(&json, value)) {
        if (next_character(&json) == 0 && json.at == (const uint8_t *)text + length)
            return true;
        JS_FreeValue(ctx, *value);
    }
    return false;
}
