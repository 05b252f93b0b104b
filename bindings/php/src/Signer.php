<?php

declare(strict_types=1);

namespace PusherAuth;

use FFI;

/**
 * Does what takes the secret of an app of Pusher Channels: signs users in, lets clients into private, presence and encrypted
 * channels, signs requests to the REST API, and tells whether a webhook is Pusher's. It makes no requests itself.
 *
 * A Signer that was destroyed throws, whoever still holds it: at the end of a script PHP ends objects in any order.
 */
final class Signer implements \JsonSerializable
{
    /** Slashes and non-ASCII characters stay as they are, and 1.0 stays a float. */
    private const JSON = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_PRESERVE_ZERO_FRACTION;

    private ?FFI\CData $signer = null;
    private int $configLength = 0;

    /**
     * @param array<string, mixed>|string $config what the official libraries take: ['appId' => …, 'key' => …,
     *     'secret' => …, 'cluster' => …, 'useTLS' => …], of which key and secret are needed; or the same as JSON
     * @throws PusherException
     */
    public function __construct(#[\SensitiveParameter] array|string $config)
    {
        if ($this->signer !== null) {
            throw new \LogicException('a Signer is constructed once');
        }
        // The cast makes an empty array an object too.
        $json = \is_string($config) ? $config : \json_encode((object) $config, self::JSON);
        // PHP 8.1 knows no SensitiveParameter; but a stack trace shows what the parameter holds by then.
        $config = '';
        if ($json === false || \str_contains($json, "\0")) {
            throw Library::error(PusherException::CONFIG_INVALID);
        }
        $signer = Library::ffi()->new('pusher_signer *');
        Library::check(Library::ffi()->pusher_signer_new($json, FFI::addr($signer)));
        $this->signer = $signer;
        $this->configLength = \strlen($json);
    }

    /**
     * Signs a user in: the answer of /pusher/user-auth.
     *
     * @param array<string, mixed>|object $user encoded as JSON; its `id` must be a non-empty string.
     *     An empty array within encodes as []: where {} is meant, use a new \stdClass.
     * @return string the whole body of the answer; not to be encoded once more
     * @throws PusherException
     */
    public function authenticateUser(string $socketId, array|object $user): string
    {
        return $this->authenticateUserJson($socketId, self::json($user, 'user', PusherException::USER_INVALID));
    }

    /**
     * @param string $userJson one JSON object, which is signed and returned byte for byte
     * @return string the whole body of the answer; not to be encoded once more
     * @throws PusherException
     */
    public function authenticateUserJson(string $socketId, string $userJson): string
    {
        $size = Library::ffi()->pusher_response_bound($this->configLength, \strlen($userJson));
        return self::written($size, fn (FFI\CData $response): int => Library::ffi()->pusher_signer_authenticate_user(
            $this->signer(),
            $socketId,
            \strlen($socketId),
            $userJson,
            \strlen($userJson),
            $response,
            $size
        ));
    }

    /**
     * Lets a client into a private, presence or encrypted channel: the answer of /pusher/auth. Whether it may join is for you
     * to decide, before this call.
     *
     * @param array<string, mixed>|object|string|null $channelData for a presence channel, who the member is to the others: a
     *     `user_id`, a non-empty string or an integer, and mostly a `user_info`; encoded as JSON, or a string that is JSON
     *     already. Null where the user is signed in, which tells it, and for all other channels.
     * @return string the whole body of the answer; not to be encoded once more
     * @throws PusherException
     */
    public function authorizeChannel(string $socketId, string $channel, array|object|string|null $channelData = null): string
    {
        $data = \is_string($channelData) || $channelData === null
            ? $channelData
            : self::json($channelData, 'channel data', PusherException::CHANNEL_DATA);
        if ($data === '') { // to the library this would be none
            throw Library::error(PusherException::CHANNEL_DATA);
        }
        $data ??= '';
        $size = Library::ffi()->pusher_response_bound($this->configLength, \strlen($data));
        return self::written($size, fn (FFI\CData $response): int => Library::ffi()->pusher_signer_authorize_channel(
            $this->signer(),
            $socketId,
            \strlen($socketId),
            $channel,
            \strlen($channel),
            $data,
            \strlen($data),
            $response,
            $size
        ));
    }

    /**
     * Signs a request to Pusher's REST API. The config needs `appId`, and `cluster` or `host`.
     *
     * @param string $method such as 'POST'
     * @param string $path below the app, such as '/events' or '/users/alice/terminate_connections'
     * @param array<string, string|int> $query its parameters, by name
     * @param string $body what you send, as application/json
     * @param int|null $timestamp when, in Unix seconds; Pusher refuses what is ten minutes off
     * @return string the URL for your HTTP client
     * @throws PusherException
     */
    public function signRequest(
        string $method,
        string $path,
        array $query = [],
        string $body = '',
        ?int $timestamp = null
    ): string {
        $pairs = [];
        foreach ($query as $name => $value) {
            if (\str_contains("$name$value", '&')) { // which would make two pairs of one
                throw Library::error(PusherException::REQUEST);
            }
            $pairs[] = "$name=$value";
        }
        $pairs = \implode('&', $pairs);
        // The C function ends its strings at the first NUL, and takes 0 for now.
        if (\str_contains("$method$path$pairs", "\0") || $timestamp === 0) {
            throw Library::error(PusherException::REQUEST);
        }
        $size = $this->configLength + \strlen($path) + \strlen($pairs) + 256;
        return self::written($size, fn (FFI\CData $url): int => Library::ffi()->pusher_signer_sign_request(
            $this->signer(),
            $method,
            $path,
            $pairs,
            $body,
            \strlen($body),
            $timestamp ?? 0,
            $url,
            $size
        ));
    }

    /**
     * Throws unless a webhook is Pusher's; compares in constant time. How old its `time_ms` may be is for you to decide.
     *
     * @param string $key the header X-Pusher-Key; '' where it is missing
     * @param string $signature the header X-Pusher-Signature, in the same way
     * @param string $body the request's body as it came: file_get_contents('php://input')
     * @throws PusherException WEBHOOK_KEY or WEBHOOK_SIGNATURE
     */
    public function verifyWebhook(string $key, string $signature, string $body): void
    {
        Library::check(Library::ffi()->pusher_signer_verify_webhook(
            $this->signer(),
            $key,
            \strlen($key),
            $signature,
            \strlen($signature),
            $body,
            \strlen($body)
        ));
    }

    /**
     * Wraps a response for a JSONP endpoint, to be sent as "application/javascript; charset=utf-8".
     *
     * @param string $callback the request's parameter of that name, which is checked
     * @throws PusherException
     */
    public static function jsonp(string $callback, string $response): string
    {
        // The C function ends its strings at the first NUL.
        foreach ([PusherException::CALLBACK => $callback, PusherException::RESPONSE_INVALID => $response] as $code => $text) {
            if (\str_contains($text, "\0")) {
                throw Library::error($code);
            }
        }
        $size = \strlen($callback) + 2 * \strlen($response) + 8;
        return self::written(
            $size,
            fn (FFI\CData $script): int => Library::ffi()->pusher_jsonp($callback, $response, $script, $size)
        );
    }

    public function __destruct()
    {
        if ($this->signer !== null) {
            // First, since PHP calls a destructor by hand or in a cycle while others still hold the object.
            [$signer, $this->signer] = [$this->signer, null];
            Library::ffi()->pusher_signer_free($signer);
        }
    }

    // A copy would free the key twice, and one that is written down holds no key.

    private function __clone()
    {
    }

    public function __serialize(): never
    {
        throw new \LogicException('a Signer cannot be serialised');
    }

    public function __unserialize(array $data): never
    {
        $this->__serialize();
    }

    public function jsonSerialize(): never
    {
        $this->__serialize();
    }

    /** What var_export() writes calls this. */
    public static function __set_state(array $properties): never
    {
        throw new \LogicException('a Signer cannot be serialised');
    }

    private function signer(): FFI\CData
    {
        return $this->signer ?? throw Library::error(PusherException::NULL_ARGUMENT);
    }

    /** The string that $write puts into a buffer of $size bytes. */
    private static function written(int $size, \Closure $write): string
    {
        $buffer = Library::ffi()->new("char[$size]");
        return FFI::string($buffer, Library::check($write($buffer)));
    }

    private static function json(array|object $value, string $what, int $code): string
    {
        try {
            return \json_encode($value, self::JSON | \JSON_THROW_ON_ERROR);
        } catch (\JsonException $e) {
            throw new PusherException("$what: {$e->getMessage()}", $code, $e);
        }
    }
}
