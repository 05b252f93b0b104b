<?php

declare(strict_types=1);

namespace PusherAuth;

/**
 * Any error of this package. getMessage() says what to do and never contains the secret. getCode()
 * is one of the constants.
 */
final class PusherException extends \RuntimeException
{
    /** The library cannot be loaded. The message says what to install or configure. */
    public const LIBRARY_UNAVAILABLE = 0;
    /** The webhook is valid, but older than the limit. */
    public const WEBHOOK_EXPIRED = 1;
    /** The webhook's signature is valid, but its body is not a JSON object with events. */
    public const WEBHOOK_INVALID = 2;

    // The following constants are PUSHER_ERROR_* of pusher_auth.h, written by `make generate`.
    /** A pointer that must not be NULL is NULL. */
    public const NULL_ARGUMENT = -1;
    /** The result and its terminating NUL do not fit into the buffer. */
    public const BUFFER_TOO_SMALL = -2;
    /** The config is neither a JSON object with unique keys and valid types, nor a PUSHER_URL. */
    public const CONFIG_INVALID = -3;
    /** The config's "key" is missing, or has a byte that is : " \ or not printable ASCII. */
    public const CONFIG_KEY = -4;
    /** The config's "secret" is missing or empty, or ends in a line break. */
    public const CONFIG_SECRET = -5;
    /** The socket id is not digits, a dot, digits. */
    public const SOCKET_ID = -6;
    /** The user is not one JSON object in UTF-8. */
    public const USER_INVALID = -7;
    /** The user has no "id". */
    public const USER_ID_MISSING = -8;
    /** The user's "id" is not a string: {"id":"12345"} is valid, {"id":12345} is not. */
    public const USER_ID_NOT_STRING = -9;
    /** The user's "id" is the empty string. */
    public const USER_ID_EMPTY = -10;
    /** The user has a duplicate key. */
    public const USER_DUPLICATE_MEMBER = -11;
    /** The JSONP callback is not a path such as Pusher.auth_callbacks['1'], or is too long. */
    public const CALLBACK = -12;
    /** The result would not fit into an int32_t, or a length is larger than any object can be. */
    public const TOO_LARGE = -13;
    /** A bug in this library: a panic was caught. */
    public const INTERNAL = -14;
    /** The response for JSONP is not one JSON object in UTF-8. */
    public const RESPONSE_INVALID = -15;
    /** The config's "encryptionMasterKeyBase64" is missing, or is not the base64 of 32 bytes. */
    public const ENCRYPTION_KEY = -16;
    /** The channel's name is not valid for this function. */
    public const CHANNEL = -17;
    /** The channel data are not an object with a "user_id", or are passed for a non-presence channel. */
    public const CHANNEL_DATA = -18;
    /** The config's "appId" is missing or invalid, or the address of the REST API is invalid. */
    public const CONFIG_APP = -19;
    /** The method, path, query, timestamp or user id cannot be signed. */
    public const REQUEST = -20;
    /** The webhook is for another app: its X-Pusher-Key is not the config's key. */
    public const WEBHOOK_KEY = -21;
    /** Pusher did not send the webhook: its X-Pusher-Signature is missing or invalid. */
    public const WEBHOOK_SIGNATURE = -22;
    /** The name, data, channels or shape of an event are invalid. */
    public const EVENT = -23;
    /** The encrypted data are malformed or modified, or belong to another channel or master key. */
    public const DECRYPTION = -24;
    /** The system provided no random bytes, which encryption requires. */
    public const RANDOM = -25;
    /** The parameters are not what the content type says, are not UTF-8, or have a duplicate name. */
    public const PARAMETERS = -26;
    /** The request has no parameter of this name. */
    public const PARAMETER_MISSING = -27;
}
