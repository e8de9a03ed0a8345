/*
 * What is dear in interpreted code: text forms of bytes and numbers. A function that refuses its text returns undefined;
 * the TypeScript around it (builder/runtime) throws.
 */

/* Characters of a flat 8-bit string, or false: none of these texts has a character above 255. */
static bool narrow_characters(JSValueConst string, Bytes *characters)
{
    if (JS_VALUE_GET_TAG(string) != JS_TAG_STRING || JS_VALUE_GET_STRING(string)->is_wide_char)
        return false;
    JSString *text = JS_VALUE_GET_STRING(string);
    *characters = (Bytes){ str8(text), text->len };
    return true;
}

/* Decodes with `decode`, which returns a block of js_malloc or NULL. */
typedef uint8_t *Decoder(JSContext *ctx, const Bytes *text, size_t *length);

static JSValue decode_text(JSContext *ctx, JSValueConst value, Decoder *decode)
{
    Bytes text;
    size_t length;
    JSValue string = flat_string(ctx, value);
    if (JS_IsException(string))
        return string;
    uint8_t *data = narrow_characters(string, &text) ? decode(ctx, &text, &length) : NULL;
    JS_FreeValue(ctx, string);
    return data ? own_bytes(ctx, data, length) : JS_UNDEFINED;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32; /* lower case */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 0x and whole bytes, of either case. */
static uint8_t *decode_hex(JSContext *ctx, const Bytes *text, size_t *length)
{
    if (text->length < 2 || text->length % 2 || text->data[0] != '0' || text->data[1] != 'x')
        return NULL;
    *length = text->length / 2 - 1;
    uint8_t *bytes = js_malloc(ctx, *length + 1);
    for (size_t i = 0; i < *length; i++) {
        int value = hex_digit(text->data[2 * i + 2]) << 4 | hex_digit(text->data[2 * i + 3]);
        if (value < 0) {
            js_free(ctx, bytes);
            return NULL;
        }
        bytes[i] = value;
    }
    return bytes;
}

static JSValue native_hex_to_bytes(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return decode_text(ctx, argv[0], decode_hex);
}

static JSValue native_bytes_to_hex(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    static const char digits[] = "0123456789abcdef";
    Bytes bytes;
    uint8_t *text;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    JSValue string = new_latin1(ctx, 2 + 2 * bytes.length, &text);
    if (JS_IsException(string))
        return string;
    *text++ = '0';
    *text++ = 'x';
    for (size_t i = 0; i < bytes.length; i++) {
        *text++ = digits[bytes.data[i] >> 4];
        *text++ = digits[bytes.data[i] & 15];
    }
    return string;
}

static JSValue native_utf8(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    if (to_well_formed_text(ctx, &text, argv[0]))
        return JS_EXCEPTION;
    JSValue bytes = new_bytes(ctx, text.data, text.length);
    free_text(ctx, &text);
    return bytes;
}

/* (array of Uint8Array) -> one Uint8Array. */
static JSValue native_concat(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    JSValue *parts;
    uint32_t count;
    Bytes part;
    size_t length = 0;
    if (!js_get_fast_array(ctx, argv[0], &parts, &count))
        return JS_ThrowTypeError(ctx, "not an array of Uint8Array");
    for (uint32_t i = 0; i < count; i++) {
        if (to_bytes(ctx, &part, parts[i]))
            return JS_EXCEPTION;
        length += part.length;
    }
    uint8_t *data = js_malloc(ctx, length + 1), *to = data;
    if (!data)
        return JS_EXCEPTION;
    for (uint32_t i = 0; i < count; i++) {
        to_bytes(ctx, &part, parts[i]);
        memcpy(to, part.data, part.length);
        to += part.length;
    }
    return own_bytes(ctx, data, length);
}

#define WORD_LIMBS 8

/* (bigint, bits as bigint) -> 32 bytes big-endian, or undefined when the number does not fit. */
static JSValue native_uint_to_word(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint32_t limbs[WORD_LIMBS], bits;
    if (!is_bigint(argv[0]) || !is_bigint(argv[1]))
        return JS_ThrowTypeError(ctx, "not a bigint");
    if (!bigint_to_limbs(&bits, 1, argv[1]) || bits > 256 || !bigint_to_limbs(limbs, WORD_LIMBS, argv[0]))
        return JS_UNDEFINED;
    for (uint32_t bit = bits; bit < 256; bit = (bit | 31) + 1) {
        if (limbs[bit / 32] >> bit % 32)
            return JS_UNDEFINED;
    }
    uint8_t *word = js_malloc(ctx, 32);
    if (!word)
        return JS_EXCEPTION;
    for (int i = 0; i < WORD_LIMBS; i++)
        put_u32(word + 4 * i, bswap32(limbs[WORD_LIMBS - 1 - i]));
    return own_bytes(ctx, word, 32);
}

/* (at most 32 bytes, big-endian) -> bigint, or undefined. */
static JSValue native_word_to_uint(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    uint32_t limbs[WORD_LIMBS] = { 0 };
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    if (bytes.length > 32)
        return JS_UNDEFINED;
    for (size_t i = 0; i < bytes.length; i++) {
        size_t place = bytes.length - 1 - i;
        limbs[place / 4] |= (uint32_t)bytes.data[i] << 8 * (place % 4);
    }
    return bigint_from_limbs(ctx, limbs, WORD_LIMBS);
}
