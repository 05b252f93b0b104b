<?php

declare(strict_types=1);

namespace PusherAuth;

/**
 * Whatever this package refuses or cannot do. getMessage() tells a person what to change and never holds the secret;
 * getCode() is one of the constants below.
 */
final class PusherException extends \RuntimeException
{
    /** Not a code of the library: the library could not be loaded. The message says what to install or set. */
    public const LIBRARY_UNAVAILABLE = 0;

    // PUSHER_ERROR_* of pusher_auth.h, from here on written by `make generate`.
    public const NULL_ARGUMENT = -1;
    public const BUFFER_TOO_SMALL = -2;
    public const CONFIG_INVALID = -3;
    public const CONFIG_KEY = -4;
    public const CONFIG_SECRET = -5;
    public const SOCKET_ID = -6;
    public const USER_INVALID = -7;
    public const USER_ID_MISSING = -8;
    public const USER_ID_NOT_STRING = -9;
    public const USER_ID_EMPTY = -10;
    public const USER_DUPLICATE_MEMBER = -11;
    public const CALLBACK = -12;
    public const TOO_LARGE = -13;
    public const INTERNAL = -14;
    public const RESPONSE_INVALID = -15;
    public const ENCRYPTION_KEY = -16;
    public const CHANNEL = -17;
    public const CHANNEL_DATA = -18;
    public const CONFIG_APP = -19;
    public const REQUEST = -20;
    public const WEBHOOK_KEY = -21;
    public const WEBHOOK_SIGNATURE = -22;
}
