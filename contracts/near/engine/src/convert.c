/*
 * Between JavaScript values and what host functions take: bytes, text, and unsigned numbers of 64 and 128 bits.
 */
typedef struct {
    const uint8_t *data;
    size_t length;
    /* Of text: what holds it, a string or a copy of JS_ToCStringLen. */
    JSValue owner;
    const char *copy;
} Bytes;

/* A pointer as a host function takes it. */
static inline uint64_t address_of(const void *pointer)
{
    return (uintptr_t)pointer;
}

static int to_bytes(JSContext *ctx, Bytes *bytes, JSValueConst value)
{
    bytes->data = JS_GetUint8Array(ctx, &bytes->length, value);
    return bytes->data ? 0 : -1;
}

static bool is_ascii(const uint8_t *characters, size_t length)
{
    for (; length >= 8; length -= 8, characters += 8) {
        if (*(const word *)characters & EVERY_BYTE(0x80))
            return false;
    }
    for (; length; length--) {
        if (*characters++ & 0x80)
            return false;
    }
    return true;
}

/*
 * UTF-8, where a lone surrogate has its three bytes (WTF-8): no two strings are the same. ASCII is where the string is, which must stay.
 * To be freed with free_text.
 */
static int to_text(JSContext *ctx, Bytes *text, JSValueConst value)
{
    *text = (Bytes){ .owner = JS_UNDEFINED };
    if (JS_VALUE_GET_TAG(value) == JS_TAG_STRING_ROPE) {
        value = text->owner = js_linearize_string_rope(ctx, value);
        if (JS_IsException(value))
            return -1;
    }
    if (JS_VALUE_GET_TAG(value) == JS_TAG_STRING && !JS_VALUE_GET_STRING(value)->is_wide_char) {
        text->data = str8(JS_VALUE_GET_STRING(value));
        text->length = JS_VALUE_GET_STRING(value)->len;
        if (is_ascii(text->data, text->length))
            return 0;
    }
    text->copy = JS_ToCStringLen(ctx, &text->length, value);
    text->data = (const uint8_t *)text->copy;
    return text->data ? 0 : -1;
}

/* UTF-8 proper: a lone surrogate becomes U+FFFD, which has three bytes as well. To be freed with free_text. */
static int to_well_formed_text(JSContext *ctx, Bytes *text, JSValueConst value)
{
    if (to_text(ctx, text, value))
        return -1;
    if (JS_VALUE_GET_TAG(value) == JS_TAG_STRING && !JS_VALUE_GET_STRING(value)->is_wide_char)
        return 0;
    uint8_t *byte = (uint8_t *)text->data, *end = byte + text->length;
    for (; byte + 2 < end; byte++) {
        if (byte[0] == 0xed && byte[1] >= 0xa0) {
            byte[0] = 0xef;
            byte[1] = 0xbf;
            byte[2] = 0xbd;
        }
    }
    return 0;
}

static void free_text(JSContext *ctx, const Bytes *text)
{
    JS_FreeCString(ctx, text->copy);
    JS_FreeValue(ctx, text->owner);
}

/* The limbs of a bigint, in two's complement. `buffer` holds those of a short one. */
static JSBigInt *bigint_limbs(JSBigIntBuf *buffer, JSValueConst value)
{
    if (JS_VALUE_GET_TAG(value) == JS_TAG_SHORT_BIG_INT)
        return js_bigint_set_short(buffer, value);
    return JS_VALUE_GET_PTR(value);
}

static bool is_bigint(JSValueConst value)
{
    int tag = JS_VALUE_GET_TAG(value);
    return tag == JS_TAG_BIG_INT || tag == JS_TAG_SHORT_BIG_INT;
}

/*
 * Writes a bigint as `count` little-endian limbs of 32 bits. Returns false, and writes nothing of use, when it is negative
 * or larger.
 */
static bool bigint_to_limbs(uint32_t *limbs, uint32_t count, JSValueConst value)
{
    JSBigIntBuf buffer;
    JSBigInt *number = bigint_limbs(&buffer, value);
    uint32_t length = number->len;
    if ((int32_t)number->tab[length - 1] < 0)
        return false;
    if (length > 1 && number->tab[length - 1] == 0)
        length--; /* a limb for the sign only */
    if (length > count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        limbs[i] = i < length ? number->tab[i] : 0;
    return true;
}

/* The bigint of little-endian limbs of 32 bits. */
static JSValue bigint_from_limbs(JSContext *ctx, const uint32_t *limbs, uint32_t count)
{
    JSBigInt *number = js_bigint_new(ctx, count + 1);
    if (!number)
        return JS_EXCEPTION;
    memcpy(number->tab, limbs, count * sizeof *limbs);
    number->tab[count] = 0;
    return JS_CompactBigInt(ctx, js_bigint_normalize(ctx, number));
}

static int to_unsigned(JSContext *ctx, uint32_t *limbs, uint32_t count, JSValueConst value)
{
    if (JS_VALUE_GET_TAG(value) == JS_TAG_INT && JS_VALUE_GET_INT(value) >= 0) {
        memset(limbs, 0, count * sizeof *limbs);
        limbs[0] = JS_VALUE_GET_INT(value);
        return 0;
    }
    JSValue number = JS_ToBigIntCtorFree(ctx, js_dup(value));
    if (JS_IsException(number))
        return -1;
    bool fits = bigint_to_limbs(limbs, count, number);
    JS_FreeValue(ctx, number);
    if (fits)
        return 0;
    JS_ThrowRangeError(ctx, "a host function takes an unsigned number of %u bits here", 32 * count);
    return -1;
}

static int to_u64(JSContext *ctx, uint64_t *number, JSValueConst value)
{
    return to_unsigned(ctx, (uint32_t *)number, 2, value);
}

/* Little-endian, as host functions take it by pointer. */
typedef struct {
    uint32_t limbs[4];
} U128;

static int to_u128(JSContext *ctx, U128 *number, JSValueConst value)
{
    return to_unsigned(ctx, number->limbs, 4, value);
}

static JSValue new_u128(JSContext *ctx, const U128 *number)
{
    return bigint_from_limbs(ctx, number->limbs, 4);
}

static JSValue new_bytes(JSContext *ctx, const uint8_t *data, size_t length)
{
    return JS_NewUint8ArrayCopy(ctx, data, length);
}

/* A Uint8Array around a block of js_malloc, which it takes over. */
static JSValue own_bytes(JSContext *ctx, uint8_t *data, size_t length)
{
    return JS_NewUint8Array(ctx, data, length, js_array_buffer_realloc, NULL, false);
}

/* A string of `length` characters below 256, to be filled in through *characters. */
static JSValue new_latin1(JSContext *ctx, size_t length, uint8_t **characters)
{
    JSString *string = js_alloc_string(ctx, length, 0);
    if (!string)
        return JS_EXCEPTION;
    *characters = str8(string);
    (*characters)[length] = 0;
    return JS_MKPTR(JS_TAG_STRING, string);
}

/* A flat string to be freed by the caller, or an exception. */
static JSValue flat_string(JSContext *ctx, JSValueConst value)
{
    JSValue string = JS_ToString(ctx, value);
    if (JS_VALUE_GET_TAG(string) != JS_TAG_STRING_ROPE)
        return string;
    JSValue flat = js_linearize_string_rope(ctx, string);
    JS_FreeValue(ctx, string);
    return flat;
}
