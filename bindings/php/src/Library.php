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

    /** Passes the result of a C function on, unless it is an error. */
    public static function check(int $result): int
    {
        return $result < 0 ? throw self::error($result) : $result;
    }

    public static function error(int $code): PusherException
    {
        return new PusherException(self::ffi()->pusher_error_message($code), $code);
    }

    private static function load(): FFI
    {
        if (!\extension_loaded('ffi')) {
            throw self::unavailable("PHP's extension FFI is missing: install it, or set extension=ffi in php.ini");
        }
        try {
            return FFI::scope('PUSHER_AUTH');
        } catch (FFI\Exception) {
            // Not preloaded, as on the command line; or FFI is not allowed here, which load() says once more.
        }
        $package = \dirname(__DIR__);
        try {
            return FFI::load("$package/pusher_auth.ffi.h");
        } catch (FFI\Exception $e) {
            throw self::unavailable(match (true) {
                \str_starts_with($e->getMessage(), 'Failed loading') =>
                    "{$e->getMessage()}: install it, or name its folder in LD_LIBRARY_PATH",
                !\str_contains($e->getMessage(), 'ffi.enable') => $e->getMessage(),
                !\ini_get('ffi.enable') => 'FFI is off: set ffi.enable=preload in php.ini',
                default => 'PHP allows FFI to preloaded classes only: in php.ini, set '
                    . "ffi.preload=$package/pusher_auth.ffi.h and opcache.preload=$package/preload.php",
            });
        }
    }

    private static function unavailable(string $why): PusherException
    {
        return new PusherException("libpusher_auth cannot be used: $why", PusherException::LIBRARY_UNAVAILABLE);
    }
}
