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

/*
 * The values of eight hexadecimal digits, a byte for each, or false. `in_lower_case` is what the digits are in lower case.
 */
static inline bool hex_values(uint64_t digits, uint64_t *values, uint64_t *in_lower_case)
{
    uint64_t lower = digits | EVERY_BYTE(0x20), ones = EVERY_BYTE(1);
    uint64_t value = (lower & EVERY_BYTE(15)) + (lower >> 6 & ones) * 9;
    uint64_t is_letter = (value + EVERY_BYTE(6)) >> 4 & ones;
    *values = value;
    *in_lower_case = lower;
    /* Written back they must be the same, and only a letter can have been in upper case. */
    uint64_t written = value + EVERY_BYTE('0') + is_letter * ('a' - '0' - 10);
    return !((written ^ lower) | (value & EVERY_BYTE(0xf0)) | ((~digits >> 5) & ones & ~is_letter));
}

/* Two digits to a byte, in order. */
static inline uint32_t pair_up(uint64_t values)
{
    values = (values << 4 | values >> 8) & 0x00ff00ff00ff00ffull;
    values = (values | values >> 8) & 0x0000ffff0000ffffull;
    return values | values >> 16;
}

/* Decodes digits, of which there are twice as many as bytes; false when one is none. `lower` gets them in lower case, if given. */
static bool decode_digits(const uint8_t *digits, size_t length, uint8_t *bytes, uint8_t *lower)
{
    uint64_t values, in_lower_case, some;
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        if (!hex_values(*(const word *)(digits + 2 * i), &values, &in_lower_case))
            return false;
        if (bytes)
            put_u32(bytes + i, pair_up(values));
        if (lower)
            *(word *)(lower + 2 * i) = in_lower_case;
    }
    if (i == length)
        return true;
    some = EVERY_BYTE('0');
    memcpy(&some, digits + 2 * i, 2 * (length - i));
    if (!hex_values(some, &values, &in_lower_case))
        return false;
    uint32_t packed = pair_up(values);
    if (bytes)
        memcpy(bytes + i, &packed, length - i);
    if (lower)
        memcpy(lower + 2 * i, &in_lower_case, 2 * (length - i));
    return true;
}

static bool has_hex_form(const Bytes *text)
{
    return text->length >= 2 && text->length % 2 == 0 && text->data[0] == '0' && text->data[1] == 'x';
}

/* 0x and whole bytes, of either case. */
static uint8_t *decode_hex(JSContext *ctx, const Bytes *text, size_t *length)
{
    if (!has_hex_form(text))
        return NULL;
    *length = text->length / 2 - 1;
    uint8_t *bytes = js_malloc(ctx, *length + 1);
    if (bytes && decode_digits(text->data + 2, *length, bytes, NULL))
        return bytes;
    js_free(ctx, bytes);
    return NULL;
}

static JSValue native_hex_to_bytes(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return decode_text(ctx, argv[0], decode_hex);
}

/* Four bytes as eight digits. */
static inline uint64_t hex_digits(uint32_t bytes)
{
    uint64_t spread = (bytes | (uint64_t)bytes << 16) & 0x0000ffff0000ffffull;
    spread = (spread | spread << 8) & 0x00ff00ff00ff00ffull;
    uint64_t values = (spread >> 4 & EVERY_BYTE(15)) | (spread << 8 & 0x0f000f000f000f00ull);
    values &= EVERY_BYTE(15);
    return values + EVERY_BYTE('0') + ((values + EVERY_BYTE(6)) >> 4 & EVERY_BYTE(1)) * ('a' - '0' - 10);
}

static void encode_hex(const uint8_t *bytes, size_t length, uint8_t *text)
{
    for (; length >= 4; length -= 4, bytes += 4, text += 8)
        *(word *)text = hex_digits(get_u32(bytes));
    uint32_t some = 0;
    memcpy(&some, bytes, length);
    uint64_t digits = hex_digits(some);
    memcpy(text, &digits, 2 * length);
}

static JSValue native_bytes_to_hex(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    uint8_t *text;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    JSValue string = new_latin1(ctx, 2 + 2 * bytes.length, &text);
    if (JS_IsException(string))
        return string;
    text[0] = '0';
    text[1] = 'x';
    encode_hex(bytes.data, bytes.length, text + 2);
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

/* A bigint as 32 bytes, big-endian; false when it is negative or has more than `bits` bits. */
static bool uint_word(JSValueConst value, uint32_t bits, uint8_t *word)
{
    uint32_t limbs[WORD_LIMBS];
    if (!bigint_to_limbs(limbs, WORD_LIMBS, value))
        return false;
    for (uint32_t bit = bits; bit < 256; bit = (bit | 31) + 1) {
        if (limbs[bit / 32] >> bit % 32)
            return false;
    }
    for (int i = 0; i < WORD_LIMBS; i++)
        put_u32(word + 4 * i, bswap32(limbs[WORD_LIMBS - 1 - i]));
    return true;
}

/* (bigint, bits as bigint) -> 32 bytes big-endian, or undefined when the number does not fit. */
static JSValue native_uint_to_word(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint32_t bits;
    uint8_t word[32];
    if (!is_bigint(argv[0]) || !is_bigint(argv[1]))
        return JS_ThrowTypeError(ctx, "not a bigint");
    if (!bigint_to_limbs(&bits, 1, argv[1]) || bits > 256 || !uint_word(argv[0], bits, word))
        return JS_UNDEFINED;
    return new_bytes(ctx, word, sizeof word);
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
