/*
 * base58 (Bitcoin's alphabet, which NEAR shares) and base64.
 */
static const char base58_digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(const char *digits, uint8_t c)
{
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? found - digits : -1;
}

/*
 * Writes a big-endian number given in digits of base `from` as digits of base `to`, and returns how many there are. Leading
 * zeros stay, one for one, as base58 has it.
 */
static size_t change_base(const uint8_t *digits, size_t count, unsigned from, uint8_t *out, unsigned to)
{
    size_t zeros = 0, length = 0;
    while (zeros < count && digits[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < count; i++) {
        unsigned carry = digits[i];
        for (size_t k = 0; k < length; k++) {
            carry += out[k] * from;
            out[k] = carry % to;
            carry /= to;
        }
        for (; carry; carry /= to)
            out[length++] = carry % to;
    }
    memset(out + length, 0, zeros);
    length += zeros;
    for (size_t i = 0; i < length / 2; i++) {
        uint8_t digit = out[i];
        out[i] = out[length - 1 - i];
        out[length - 1 - i] = digit;
    }
    return length;
}

static JSValue native_base58_encode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    uint8_t *digits = js_malloc(ctx, bytes.length * 138 / 100 + 2); /* log 256 / log 58 = 1.366 */
    if (!digits)
        return JS_EXCEPTION;
    size_t length = change_base(bytes.data, bytes.length, 256, digits, 58);
    for (size_t i = 0; i < length; i++)
        digits[i] = base58_digits[digits[i]];
    JSValue text = js_new_string8_len(ctx, (const char *)digits, length);
    js_free(ctx, digits);
    return text;
}

static uint8_t *decode_base58(JSContext *ctx, const Bytes *text, size_t *length)
{
    uint8_t *digits = js_malloc(ctx, text->length + 1), *bytes = NULL;
    for (size_t i = 0; i < text->length; i++) {
        int value = digit_value(base58_digits, text->data[i]);
        if (value < 0)
            goto done;
        digits[i] = value;
    }
    bytes = js_malloc(ctx, text->length + 1);
    *length = change_base(digits, text->length, 58, bytes, 256);
done:
    js_free(ctx, digits);
    return bytes;
}

static JSValue native_base58_decode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return decode_text(ctx, argv[0], decode_base58);
}

static JSValue native_base64_encode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    Bytes bytes;
    uint8_t *text;
    if (to_bytes(ctx, &bytes, argv[0]))
        return JS_EXCEPTION;
    JSValue string = new_latin1(ctx, (bytes.length + 2) / 3 * 4, &text);
    if (JS_IsException(string))
        return string;
    for (size_t at = 0; at < bytes.length; at += 3) {
        size_t left = bytes.length - at;
        uint32_t group = bytes.data[at] << 16;
        if (left > 1)
            group |= bytes.data[at + 1] << 8;
        if (left > 2)
            group |= bytes.data[at + 2];
        *text++ = base64_digits[group >> 18];
        *text++ = base64_digits[group >> 12 & 63];
        *text++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
        *text++ = left > 2 ? base64_digits[group & 63] : '=';
    }
    return string;
}

/* RFC 4648, section 4, strictly: whole groups, padding, no bits left over. */
static uint8_t *decode_base64(JSContext *ctx, const Bytes *text, size_t *length)
{
    if (text->length % 4)
        return NULL;
    size_t padding = 0;
    while (padding < 2 && padding < text->length && text->data[text->length - 1 - padding] == '=')
        padding++;
    *length = text->length / 4 * 3 - padding;

    uint8_t *bytes = js_malloc(ctx, *length + 4), *to = bytes;
    uint32_t group = 0;
    for (size_t i = 0; i < text->length; i++) {
        int value = i < text->length - padding ? digit_value(base64_digits, text->data[i]) : 0;
        if (value < 0)
            goto refuse;
        group = group << 6 | value;
        if (i % 4 != 3)
            continue;
        *to++ = group >> 16;
        *to++ = group >> 8;
        *to++ = group;
    }
    if (padding && group & ((1u << 8 * padding) - 1))
        goto refuse;
    return bytes;
refuse:
    js_free(ctx, bytes);
    return NULL;
}

static JSValue native_base64_decode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return decode_text(ctx, argv[0], decode_base64);
}
