/* What makes stack traces; the image drops it when they are not wanted (bare.c). */
static void make_backtrace(JSContext *ctx, JSValueConst error_val, JSValueConst filter_func, const char *filename,
                           int line_num, int col_num, int backtrace_flags);
static void (*backtrace)(JSContext *, JSValueConst, JSValueConst, const char *, int, int, int) = make_backtrace;

static void build_backtrace(JSContext *ctx, JSValueConst error_val, JSValueConst filter_func, const char *filename,
                            int line_num, int col_num, int backtrace_flags)
{
    if (backtrace)
        backtrace(ctx, error_val, filter_func, filename, line_num, col_num, backtrace_flags);
}
