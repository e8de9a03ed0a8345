/*
 * vsnprintf for the conversions that quickjs-ng uses: %s %c %d %i %u %x %p %%, with h, l, ll and z, the flag 0, a width and
 * a precision. A C library's would bring floating point and locales into every contract.
 */
struct output {
    char *buffer;
    size_t size;
    size_t length; /* what was to be written, more than fits perhaps */
};

struct conversion {
    int zero_padded;
    int width;
    int precision; /* -1: none */
    int long_count;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->buffer[out->length] = c;
    out->length++;
}

static void put_padding(struct output *out, int count, char c)
{
    while (count-- > 0)
        put(out, c);
}

static void put_string(struct output *out, const struct conversion *how, const char *text)
{
    int length = 0;
    if (!text)
        text = "(null)";
    while ((how->precision < 0 || length < how->precision) && text[length])
        length++;
    put_padding(out, how->width - length, ' ');
    for (int i = 0; i < length; i++)
        put(out, text[i]);
}

static void put_number(struct output *out, const struct conversion *how, uint64_t value, int is_negative, unsigned base)
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (count < how->precision && count < (int)sizeof digits)
        digits[count++] = '0';

    int padding = how->width - count - is_negative;
    if (!how->zero_padded)
        put_padding(out, padding, ' ');
    if (is_negative)
        put(out, '-');
    if (how->zero_padded)
        put_padding(out, padding, '0');
    while (count)
        put(out, digits[--count]);
}

static const char *parse_number(const char *format, int *number, va_list *arguments)
{
    if (*format == '*') {
        *number = va_arg(*arguments, int);
        return format + 1;
    }
    for (*number = 0; *format >= '0' && *format <= '9'; format++)
        *number = *number * 10 + *format - '0';
    return format;
}

static const char *parse_conversion(const char *format, struct conversion *how, va_list *arguments)
{
    *how = (struct conversion){ .precision = -1 };
    for (; *format == '0' || *format == '-' || *format == '+' || *format == ' '; format++)
        how->zero_padded |= *format == '0';
    format = parse_number(format, &how->width, arguments);
    if (*format == '.')
        format = parse_number(format + 1, &how->precision, arguments);
    for (; *format == 'l' || *format == 'z' || *format == 'h'; format++)
        how->long_count += *format == 'l';
    return format;
}

int near_vsnprintf(char *buffer, size_t size, const char *format, va_list list)
{
    struct output out = { buffer, size, 0 };
    va_list arguments;
    va_copy(arguments, list);
    for (; *format; format++) {
        struct conversion how;
        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        format = parse_conversion(format + 1, &how, &arguments);
        switch (*format) {
        case 's':
            put_string(&out, &how, va_arg(arguments, const char *));
            break;
        case 'c':
            put(&out, va_arg(arguments, int));
            break;
        case 'd':
        case 'i': {
            int64_t value = how.long_count > 1 ? va_arg(arguments, int64_t) : va_arg(arguments, int);
            put_number(&out, &how, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0, 10);
            break;
        }
        case 'u':
        case 'x':
        case 'p': {
            uint64_t value = how.long_count > 1 ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned);
            put_number(&out, &how, value, 0, *format == 'u' ? 10 : 16);
            break;
        }
        default:
            put(&out, *format);
        }
    }
    va_end(arguments);
    if (size)
        buffer[out.length < size ? out.length : size - 1] = 0;
    return out.length;
}

int near_snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = near_vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}
