/*
 * The value of a JSON number's text, which the parser has checked. Instead of the C library's strtod: that one brings the
 * arithmetic of 128-bit floats into every contract.
 */
static JSValue json_number(const uint8_t *start, const uint8_t *end)
{
    enum { MOST_DIGITS = 9 }; /* fits 32 bits */
    const uint8_t *digits = start + (*start == '-');
    uint32_t value = 0;
    if (end - digits > MOST_DIGITS)
        goto general;
    for (const uint8_t *at = digits; at < end; at++) {
        if (!is_digit(*at))
            goto general;
        value = value * 10 + (*at - '0');
    }
    if (digits == start)
        return js_int32(value);
    return value ? js_int32(-(int32_t)value) : js_float64(-0.0);

general:;
    JSATODTempMem scratch;
    return js_float64(js_atod((const char *)start, NULL, 10, 0, &scratch));
}
