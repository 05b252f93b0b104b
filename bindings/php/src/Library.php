<?php

declare(strict_types=1);

namespace PusherAuth;

use FFI;

/**
 * The C library, loaded once per process, and its errors as exceptions.
 *
 * @internal
 */
final class Library
{
    private static ?FFI $ffi = null;

    public static function ffi(): FFI
    {
        return self::$ffi ??= self::load();
    }

    /** Returns the result of a C function, or throws if it is an error code. */
    public static function check(int $result): int
    {
        return $result < 0 ? throw self::error($result) : $result;
    }

    public static function error(int $code): PusherException
    {
        return new PusherException(self::ffi()->pusher_error_message($code), $code);
    }

    /**
     * Calls a C function that writes text into a buffer, and returns the text. Strings are passed
     * with their lengths, everything else as it is.
     */
    public static function text(string $function, int $size, mixed ...$arguments): string
    {
        $ffi = self::ffi();
        $values = [];
        foreach ($arguments as $argument) {
            $values[] = $argument;
            if (\is_string($argument)) {
                $values[] = \strlen($argument);
            }
        }
        $size = \max($size, 1);
        $buffer = $ffi->new("char[$size]");
        $length = self::check($ffi->$function(...[...$values, $buffer, $size]));
        $text = FFI::string($buffer, $length);
        FFI::memset($buffer, 0, $length); // It can be a token, a shared secret or a plaintext.
        return $text;
    }

    private static function load(): FFI
    {
        if (!\extension_loaded('ffi')) {
            throw self::unavailable(
                "PHP's extension FFI is missing: install it, or set extension=ffi in php.ini"
            );
        }
        try {
            return FFI::scope('PUSHER_AUTH');
        } catch (FFI\Exception) {
            // It is not preloaded. If FFI is not allowed, FFI::load() throws the same exception.
        }
        $package = \dirname(__DIR__);
        try {
            return FFI::load("$package/pusher_auth.ffi.h");
        } catch (FFI\Exception $e) {
            throw self::unavailable(match (true) {
                \str_starts_with($e->getMessage(), 'Failed loading') =>
                    "{$e->getMessage()}: install it, or add its folder to LD_LIBRARY_PATH",
                !\str_contains($e->getMessage(), 'ffi.enable') => $e->getMessage(),
                !\ini_get('ffi.enable') => 'FFI is off: set ffi.enable=preload in php.ini',
                default => 'PHP allows FFI to preloaded classes only. '
                    . 'Start php -S with -d ffi.enable=true. For php-fpm, set in php.ini '
                    . "ffi.preload=$package/pusher_auth.ffi.h and "
                    . "opcache.preload=$package/preload.php",
            });
        }
    }

    private static function unavailable(string $why): PusherException
    {
        $code = PusherException::LIBRARY_UNAVAILABLE;
        return new PusherException("libpusher_auth cannot be used: $why", $code);
    }
}
