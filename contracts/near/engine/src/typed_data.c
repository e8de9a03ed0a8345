/*
 * EIP-712 for messages as protocol declares them: { typeString, fields: [[name, type], …] }, where a type is the name of an atom or
 * an array with one message, of which there is a list.
 */
enum { WORD_BYTES = 32, LARGEST_DEPTH = 16 };

static JSAtom type_string_name, fields_name;

static void keccak(const uint8_t *data, size_t length, uint8_t *hash)
{
    host_keccak256(length, address_of(data), 0);
    host_read_register(0, address_of(hash));
}

static int word_of_hex(JSContext *ctx, JSValueConst value, size_t length, uint8_t *word)
{
    Bytes text;
    memset(word, 0, WORD_BYTES);
    JSValue string = flat_string(ctx, value);
    if (JS_IsException(string))
        return -1;
    bool is_hex = narrow_characters(string, &text) && has_hex_form(&text);
    bool done = is_hex && text.length == 2 + 2 * length &&
        decode_digits(text.data + 2, length, word + WORD_BYTES - length, NULL);
    if (!done)
        JS_ThrowRangeError(ctx, "a field is not hexadecimal with 0x and %d bytes", (int)length);
    JS_FreeValue(ctx, string);
    return done ? 0 : -1;
}

static int word_of_uint(JSContext *ctx, JSValueConst value, uint32_t bits, uint8_t *word)
{
    if (!is_bigint(value)) {
        JS_ThrowTypeError(ctx, "a field is not a bigint");
        return -1;
    }
    if (uint_word(value, bits, word))
        return 0;
    JS_ThrowRangeError(ctx, "a field does not fit %u unsigned bits", bits);
    return -1;
}

static int hash_of_text(JSContext *ctx, JSValueConst value, uint8_t *word)
{
    Bytes text;
    if (to_well_formed_text(ctx, &text, value))
        return -1;
    keccak(text.data, text.length, word);
    free_text(ctx, &text);
    return 0;
}

static int hash_of_hex(JSContext *ctx, JSValueConst value, uint8_t *word)
{
    Bytes bytes;
    JSValue decoded = decode_text(ctx, value, decode_hex);
    if (JS_IsUndefined(decoded)) {
        JS_ThrowRangeError(ctx, "a field is not hexadecimal with 0x and whole bytes");
        return -1;
    }
    if (JS_IsException(decoded) || to_bytes(ctx, &bytes, decoded))
        return -1;
    keccak(bytes.data, bytes.length, word);
    JS_FreeValue(ctx, decoded);
    return 0;
}

static int hash_struct(JSContext *ctx, JSValueConst message, JSValueConst value, uint8_t *hash, int depth);

static int hash_of_list(JSContext *ctx, JSValueConst message, JSValueConst list, uint8_t *word, int depth)
{
    JSValue *items;
    uint32_t count;
    if (!js_get_fast_array(ctx, list, &items, &count)) {
        JS_ThrowTypeError(ctx, "a field is not a list");
        return -1;
    }
    uint8_t *words = js_malloc(ctx, count * WORD_BYTES + 1);
    int failed = words ? 0 : -1;
    for (uint32_t i = 0; i < count && !failed; i++)
        failed = hash_struct(ctx, message, items[i], words + i * WORD_BYTES, depth + 1);
    if (!failed)
        keccak(words, count * WORD_BYTES, word);
    js_free(ctx, words);
    return failed;
}

static int put_word(JSContext *ctx, JSValueConst type, JSValueConst value, uint8_t *word, int depth)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } uints[] = { { "uint8", 8 }, { "uint64", 64 }, { "uint128", 128 }, { "uint256", 256 } };
    JSValue *listed;
    uint32_t count;
    if (js_get_fast_array(ctx, type, &listed, &count) && count == 1)
        return hash_of_list(ctx, listed[0], value, word, depth);
    if (is_text(type, "bytes32"))
        return word_of_hex(ctx, value, 32, word);
    if (is_text(type, "string"))
        return hash_of_text(ctx, value, word);
    if (is_text(type, "address"))
        return word_of_hex(ctx, value, 20, word);
    if (is_text(type, "bytes"))
        return hash_of_hex(ctx, value, word);
    for (int i = 0; i < countof(uints); i++) {
        if (is_text(type, uints[i].name))
            return word_of_uint(ctx, value, uints[i].bits, word);
    }
    JS_ThrowTypeError(ctx, "a field has no known type");
    return -1;
}

static int put_field_word(JSContext *ctx, JSValueConst field, JSValueConst value, uint8_t *word, int depth)
{
    JSValue *parts;
    uint32_t count;
    if (!js_get_fast_array(ctx, field, &parts, &count) || count != 2) {
        JS_ThrowTypeError(ctx, "a field is no name with a type");
        return -1;
    }
    JSAtom name = JS_ValueToAtom(ctx, parts[0]);
    JSValue held = JS_GetProperty(ctx, value, name);
    JS_FreeAtom(ctx, name);
    if (JS_IsException(held))
        return -1;
    int failed = put_word(ctx, parts[1], held, word, depth);
    JS_FreeValue(ctx, held);
    return failed;
}

static int hash_fields(JSContext *ctx, JSValueConst type_string, JSValueConst fields, JSValueConst value, uint8_t *hash, int depth)
{
    JSValue *list;
    uint32_t count;
    if (!js_get_fast_array(ctx, fields, &list, &count) || depth > LARGEST_DEPTH) {
        JS_ThrowTypeError(ctx, "not a message");
        return -1;
    }
    uint8_t *words = js_malloc(ctx, (count + 1) * WORD_BYTES);
    int failed = words ? hash_of_text(ctx, type_string, words) : -1;
    for (uint32_t i = 0; i < count && !failed; i++)
        failed = put_field_word(ctx, list[i], value, words + (i + 1) * WORD_BYTES, depth);
    if (!failed)
        keccak(words, (count + 1) * WORD_BYTES, hash);
    js_free(ctx, words);
    return failed;
}

static int hash_struct(JSContext *ctx, JSValueConst message, JSValueConst value, uint8_t *hash, int depth)
{
    JSValue type_string = JS_GetProperty(ctx, message, type_string_name);
    JSValue fields = JS_GetProperty(ctx, message, fields_name);
    int failed = JS_IsException(type_string) || JS_IsException(fields) ? -1 : hash_fields(ctx, type_string, fields, value, hash, depth);
    JS_FreeValue(ctx, type_string);
    JS_FreeValue(ctx, fields);
    return failed;
}

/* (message, value) -> keccak256(typeHash, a word for each field). */
static JSValue native_hash_struct(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t hash[WORD_BYTES];
    return hash_struct(ctx, argv[0], argv[1], hash, 0) ? JS_EXCEPTION : new_bytes(ctx, hash, WORD_BYTES);
}

/* (domain separator, message, value) -> keccak256(0x1901, domain separator, hashStruct). */
static JSValue native_hash_typed_data(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t text[2 + 2 * WORD_BYTES] = { 0x19, 0x01 }, hash[WORD_BYTES];
    Bytes domain;
    if (to_bytes(ctx, &domain, argv[0]))
        return JS_EXCEPTION;
    if (domain.length != WORD_BYTES)
        return JS_ThrowRangeError(ctx, "a domain separator has 32 bytes");
    memcpy(text + 2, domain.data, WORD_BYTES);
    if (hash_struct(ctx, argv[1], argv[2], text + 2 + WORD_BYTES, 0))
        return JS_EXCEPTION;
    keccak(text, sizeof text, hash);
    return new_bytes(ctx, hash, WORD_BYTES);
}
