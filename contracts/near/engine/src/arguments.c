/*
 * Arguments that anybody may have written: each is checked in one pass.
 */

/* (text) -> hexadecimal with 0x in lower case; undefined for anything else. */
static JSValue native_lower_hex(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    uint8_t *lower;
    JSValue string = flat_string(ctx, argv[0]), result = JS_UNDEFINED;
    if (JS_IsException(string))
        return string;
    if (narrow_characters(string, &text) && has_hex_form(&text)) {
        result = new_latin1(ctx, text.length, &lower);
        if (!JS_IsException(result)) {
            lower[0] = '0';
            lower[1] = 'x';
            if (!decode_digits(text.data + 2, text.length / 2 - 1, NULL, lower + 2)) {
                JS_FreeValue(ctx, result);
                result = JS_UNDEFINED;
            }
        }
    }
    JS_FreeValue(ctx, string);
    return result;
}

/* Words of a-z and 0-9 with one of . - _ between two, 2 to 64 characters in all. */
static bool is_account_id(const Bytes *text)
{
    bool after_word = false;
    if (text->length < 2 || text->length > 64)
        return false;
    for (size_t i = 0; i < text->length; i++) {
        uint8_t c = text->data[i];
        if ((uint8_t)(c - 'a') < 26 || (uint8_t)(c - '0') < 10)
            after_word = true;
        else if (after_word && (c == '.' || c == '-' || c == '_'))
            after_word = false;
        else
            return false;
    }
    return after_word;
}

static JSValue native_is_account_id(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    JSValue string = flat_string(ctx, argv[0]);
    if (JS_IsException(string))
        return string;
    bool is = narrow_characters(string, &text) && is_account_id(&text);
    JS_FreeValue(ctx, string);
    return JS_NewBool(ctx, is);
}

enum { MOST_DIGITS_OF_256_BITS = 78, DIGITS_AT_ONCE = 9, POWER_OF_THESE = 1000000000 };

/* Digits without a sign and without a zero in front, as a bigint; undefined for anything else, and for more than 78 digits. */
static JSValue uint_from_digits(JSContext *ctx, const Bytes *text)
{
    uint32_t limbs[WORD_LIMBS + 1] = { 0 };
    uint32_t used = 1;
    if (text->length == 0 || text->length > MOST_DIGITS_OF_256_BITS || (text->length > 1 && text->data[0] == '0'))
        return JS_UNDEFINED;
    for (size_t i = 0; i < text->length;) {
        /* The first ones make the rest a multiple of nine. */
        size_t end = i + (text->length - i - 1) % DIGITS_AT_ONCE + 1;
        uint64_t carry = 0;
        for (; i < end; i++) {
            uint8_t digit = text->data[i] - '0';
            if (digit > 9)
                return JS_UNDEFINED;
            carry = carry * 10 + digit;
        }
        for (uint32_t k = 0; k < used; k++) {
            carry += (uint64_t)limbs[k] * POWER_OF_THESE;
            limbs[k] = carry;
            carry >>= 32;
        }
        if (carry)
            limbs[used++] = carry;
    }
    return bigint_from_limbs(ctx, limbs, used);
}

static JSValue native_decimal_to_uint(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes text;
    JSValue string = flat_string(ctx, argv[0]);
    if (JS_IsException(string))
        return string;
    JSValue number = narrow_characters(string, &text) ? uint_from_digits(ctx, &text) : JS_UNDEFINED;
    JS_FreeValue(ctx, string);
    return number;
}
