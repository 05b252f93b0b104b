<?php

declare(strict_types=1);

namespace PusherAuth;

use FFI;

/**
 * Authenticates users, authorizes channels, signs requests to the REST API and writes their bodies,
 * encrypts and decrypts events, and verifies webhooks of one app of Pusher Channels. It makes no
 * requests itself. Methods have the names that pusher-http-php uses.
 *
 * All methods throw NULL_ARGUMENT after the destructor: at the end of a script, PHP destroys
 * objects in any order.
 */
final class Signer implements \JsonSerializable
{
    /** Slashes and non-ASCII characters are not escaped, and 1.0 remains a float. */
    private const JSON = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE
        | \JSON_PRESERVE_ZERO_FRACTION | \JSON_THROW_ON_ERROR;

    /** The longest input, in bytes, whose response is written into the reused buffer. */
    private const BUFFERED_INPUT = 2048;

    private ?FFI $ffi = null;
    private ?FFI\CData $signer = null;

    /**
     * Large enough for the response to BUFFERED_INPUT bytes. It is null during a call, which a
     * signal handler that signs can interrupt. Between calls, it contains NULs only.
     */
    private ?FFI\CData $buffer = null;
    private int $bufferSize = 0;

    /**
     * @param array<string, mixed>|string $config the app: ['appId' => …, 'key' => …,
     *     'secret' => …, 'cluster' => …, 'useTLS' => …], or the same as JSON, or a PUSHER_URL.
     *     `key` and `secret` are required.
     * @throws PusherException
     */
    public function __construct(#[\SensitiveParameter] array|string $config)
    {
        if ($this->signer !== null) {
            throw new \LogicException('a Signer can be constructed only once');
        }
        try {
            // The cast encodes an empty array as {}.
            $text = \is_string($config) ? $config : \json_encode((object) $config, self::JSON);
        } catch (\JsonException) {
            $text = '';
        }
        // PHP 8.1 has no SensitiveParameter: a stack trace shows the parameter's current value.
        $config = '';
        $ffi = Library::ffi();
        $signer = $ffi->new('pusher_signer *');
        Library::check($ffi->pusher_signer_new($text, \strlen($text), FFI::addr($signer)));
        $this->ffi = $ffi;
        $this->signer = $signer;
        $this->bufferSize = $ffi->pusher_signer_bound($signer, self::BUFFERED_INPUT);
        $this->buffer = $ffi->new("char[{$this->bufferSize}]");
    }

    /**
     * Authenticates a user: returns the response of POST /pusher/user-auth.
     *
     * @param array<string, mixed>|object|string $user the user, with an `id`, a non-empty string.
     *     Arrays and objects are encoded as JSON. A string must be JSON, and is signed byte for
     *     byte. An empty array in $user becomes []: use a new \stdClass for {}.
     * @return string the complete response body; do not encode it again
     * @throws PusherException
     */
    public function authenticateUser(string $socketId, array|object|string $user): string
    {
        $json = \is_string($user)
            ? $user
            : self::json($user, 'user', PusherException::USER_INVALID);
        $buffer = $this->buffer;
        if ($buffer === null || \strlen($socketId) + \strlen($json) > self::BUFFERED_INPUT) {
            return $this->text('pusher_signer_authenticate_user', $socketId, $json);
        }
        $this->buffer = null;
        $length = $this->ffi->pusher_signer_authenticate_user(
            $this->signer,
            $socketId,
            \strlen($socketId),
            $json,
            \strlen($json),
            $buffer,
            $this->bufferSize
        );
        if ($length < 0) {
            $this->buffer = $buffer;
            throw Library::error($length);
        }
        $response = FFI::string($buffer, $length);
        FFI::memset($buffer, 0, $length);
        $this->buffer = $buffer;
        return $response;
    }

    /**
     * Authorizes a subscription to a private, presence or encrypted channel: returns the response
     * of POST /pusher/auth. Check before this call that the user may subscribe.
     *
     * @param array<string, mixed>|object|string|null $channelData the member of a presence channel,
     *     with a `user_id`, a non-empty string or an integer, and usually a `user_info`. Arrays and
     *     objects are encoded as JSON. A string must be JSON. Pass null for other channels. It can
     *     be null for a presence channel if the connection has signed in: Pusher then uses that
     *     user.
     * @return string the complete response body; do not encode it again
     * @throws PusherException
     */
    public function authorizeChannel(
        string $channel,
        string $socketId,
        array|object|string|null $channelData = null
    ): string {
        if ($channelData === null) {
            $data = '';
        } elseif ($channelData === '') { // In C, this would mean null.
            throw Library::error(PusherException::CHANNEL_DATA);
        } else {
            $data = \is_string($channelData)
                ? $channelData
                : self::json($channelData, 'channel data', PusherException::CHANNEL_DATA);
        }
        $buffer = $this->buffer;
        $input = \strlen($socketId) + \strlen($channel) + \strlen($data);
        if ($buffer === null || $input > self::BUFFERED_INPUT) {
            return $this->text('pusher_signer_authorize_channel', $socketId, $channel, $data);
        }
        $this->buffer = null;
        $length = $this->ffi->pusher_signer_authorize_channel(
            $this->signer,
            $socketId,
            \strlen($socketId),
            $channel,
            \strlen($channel),
            $data,
            \strlen($data),
            $buffer,
            $this->bufferSize
        );
        if ($length < 0) {
            $this->buffer = $buffer;
            throw Library::error($length);
        }
        $response = FFI::string($buffer, $length);
        FFI::memset($buffer, 0, $length);
        $this->buffer = $buffer;
        return $response;
    }

    /**
     * Authorizes a subscription to a presence channel.
     *
     * @param mixed $userInfo data about the user for the other members; null for none
     * @return string the complete response body; do not encode it again
     * @throws PusherException
     */
    public function authorizePresenceChannel(
        string $channel,
        string $socketId,
        string|int $userId,
        mixed $userInfo = null
    ): string {
        $data = ['user_id' => $userId] + ($userInfo === null ? [] : ['user_info' => $userInfo]);
        return $this->authorizeChannel($channel, $socketId, $data);
    }

    /**
     * Returns the signed URL of a request to the REST API. The config needs `appId`, and `cluster`
     * or `host`.
     *
     * @param string $method such as 'POST'
     * @param string $path below the app, such as '/events' or '/channels'
     * @param array<string, string|int|list<string|int>> $query the parameters; lists are joined by
     *     commas, as in ['info' => ['user_count', 'subscription_count']]
     * @param string $body the body of the request; send it as application/json
     * @param int|null $timestamp the time of the request in Unix seconds; null for now. Pusher
     *     rejects a request if its clock differs by more than ten minutes.
     * @throws PusherException
     */
    public function requestUrl(
        string $method,
        string $path,
        array $query = [],
        string $body = '',
        ?int $timestamp = null
    ): string {
        $pairs = [];
        foreach ($query as $name => $value) {
            $value = self::commaSeparated($value);
            // These characters would change the pair or add another one.
            if ($value === null || \strpbrk((string) $name, '&=') || \str_contains($value, '&')) {
                throw Library::error(PusherException::REQUEST);
            }
            $pairs[] = "$name=$value";
        }
        $pairs = \implode('&', $pairs);
        return Library::text(
            'pusher_signer_request_url',
            $this->bound($method, $path, $pairs),
            $this->signer,
            $method,
            $path,
            $pairs,
            $body,
            self::timestamp($timestamp)
        );
    }

    /**
     * Returns the body of an event: POST it to /events.
     *
     * @param string|list<string> $channels one channel, or up to 100. An encrypted channel must be
     *     the only one. $data is then encrypted.
     * @param mixed $data the event's data; a string is sent as it is, other values as JSON
     * @param array<string, mixed> $params further members such as `socket_id`, the connection that
     *     does not receive the event, and `info`
     * @throws PusherException
     */
    public function triggerBody(
        string|array $channels,
        string $event,
        mixed $data,
        array $params = []
    ): string {
        $params = \array_filter($params, static fn ($value) => $value !== null);
        $socketId = $params['socket_id'] ?? '';
        if (!\is_string($socketId)) {
            throw Library::error(PusherException::SOCKET_ID);
        }
        $hasMore = \array_diff_key($params, ['socket_id' => 0]) !== [];
        if (\is_string($channels) && !$hasMore) {
            $text = self::data($data);
            return $this->text('pusher_signer_event_body', $channels, $event, $text, $socketId);
        }
        return $this->eventsBody([
            'name' => $event,
            'channels' => \array_values((array) $channels),
            'data' => $data,
        ] + self::withInfo($params));
    }

    /**
     * Returns the body of an event for all connections of a user: POST it to /events.
     *
     * @param mixed $data the event's data; a string is sent as it is, other values as JSON
     * @throws PusherException
     */
    public function sendToUserBody(string $userId, string $event, mixed $data): string
    {
        return $this->triggerBody("#server-to-user-$userId", $event, $data);
    }

    /**
     * Returns the body of up to ten events: POST it to /batch_events.
     *
     * @param list<array<string, mixed>> $batch the events, each with `channel`, `name` and `data`.
     *     `socket_id` and `info` are optional.
     * @throws PusherException
     */
    public function triggerBatchBody(array $batch): string
    {
        $events = \array_map(
            static fn ($event) => \is_array($event) ? self::withInfo($event) : $event,
            \array_values($batch)
        );
        return $this->eventsBody(['batch' => $events]);
    }

    /**
     * Returns the signed URL that terminates a user's connections: POST the body {} to it.
     *
     * @param int|null $timestamp the time of the request in Unix seconds; null for now
     * @throws PusherException
     */
    public function terminateUserConnectionsUrl(string $userId, ?int $timestamp = null): string
    {
        return Library::text(
            'pusher_signer_terminate_user_url',
            $this->bound($userId),
            $this->signer,
            $userId,
            self::timestamp($timestamp)
        );
    }

    /**
     * Encrypts data for an encrypted channel, as triggerBody() and triggerBatchBody() do.
     *
     * @param mixed $data a string is encrypted as it is, other values as JSON
     * @return string {"nonce":"…","ciphertext":"…"}
     * @throws PusherException
     */
    public function encrypt(string $channel, mixed $data): string
    {
        return $this->text('pusher_signer_encrypt', $channel, self::data($data));
    }

    /**
     * Decrypts the data of an event on an encrypted channel.
     *
     * @param string $encrypted {"nonce":"…","ciphertext":"…"}
     * @return string the data as it was encrypted, usually JSON
     * @throws PusherException
     */
    public function decrypt(string $channel, string $encrypted): string
    {
        return $this->text('pusher_signer_decrypt', $channel, $encrypted);
    }

    /**
     * Verifies, decrypts and parses a webhook.
     *
     * @param string $key the header X-Pusher-Key; '' if it is missing
     * @param string $signature the header X-Pusher-Signature; '' if it is missing
     * @param string $body the request's body, unchanged: file_get_contents('php://input')
     * @param int|null $maxAge the maximum age in seconds, because anybody who has recorded a
     *     webhook can send it again; null for no limit
     * @param Signer ...$otherTokens signers for the app's other tokens; the webhook can be signed
     *     with any of them
     * @throws PusherException WEBHOOK_KEY, WEBHOOK_SIGNATURE, WEBHOOK_INVALID or WEBHOOK_EXPIRED
     */
    public function webhook(
        string $key,
        string $signature,
        string $body,
        ?int $maxAge,
        Signer ...$otherTokens
    ): Webhook {
        $error = null;
        foreach ([$this, ...\array_values($otherTokens)] as $signer) {
            try {
                $signer->verifyWebhook($key, $signature, $body);
            } catch (PusherException $e) {
                // An error of the token whose key was sent is more specific than WEBHOOK_KEY.
                $error = $e->getCode() === PusherException::WEBHOOK_KEY ? $error ?? $e : $e;
                continue;
            }
            $webhook = Webhook::parse($body, $signer);
            if ($maxAge !== null && \microtime(true) * 1000 - $webhook->timeMs > $maxAge * 1000) {
                throw new PusherException(
                    "webhook: older than $maxAge seconds",
                    PusherException::WEBHOOK_EXPIRED
                );
            }
            return $webhook;
        }
        throw $error;
    }

    /**
     * Throws if a webhook is not from Pusher. Compares in constant time. webhook() also checks the
     * age, decrypts and parses.
     *
     * @param string $key the header X-Pusher-Key; '' if it is missing
     * @param string $signature the header X-Pusher-Signature; '' if it is missing
     * @param string $body the request's body, unchanged: file_get_contents('php://input')
     * @throws PusherException WEBHOOK_KEY or WEBHOOK_SIGNATURE
     */
    public function verifyWebhook(string $key, string $signature, string $body): void
    {
        Library::check(($this->ffi ?? Library::ffi())->pusher_signer_verify_webhook(
            $this->signer,
            $key,
            \strlen($key),
            $signature,
            \strlen($signature),
            $body,
            \strlen($body)
        ));
    }

    /**
     * Returns one parameter of a request. Unlike $_POST and $_GET, it rejects duplicate names and
     * invalid UTF-8, does not change names, and reads JSON too.
     *
     * @param string $contentType the header Content-Type; '' for a query string
     * @param string $text the request's body, or the query string
     * @throws PusherException PARAMETERS, or PARAMETER_MISSING
     */
    public static function requestParameter(string $contentType, string $text, string $name): string
    {
        $size = \strlen($text) + 1;
        return Library::text('pusher_request_parameter', $size, $contentType, $text, $name);
    }

    /**
     * Wraps a response for a JSONP endpoint. Send it as "application/javascript; charset=utf-8".
     *
     * @param string $callback the request's parameter "callback", which this method validates
     * @throws PusherException
     */
    public static function jsonp(string $callback, string $response): string
    {
        $size = \strlen($callback) + 2 * \strlen($response) + 8;
        return Library::text('pusher_jsonp', $size, $callback, $response);
    }

    public function __destruct()
    {
        if ($this->signer !== null) {
            // Cleared first: after the destructor, other objects can still call methods.
            [$signer, $this->signer, $this->buffer] = [$this->signer, null, null];
            Library::ffi()->pusher_signer_free($signer);
        }
    }

    // A clone would free the signer twice, and serialized data would have no key.

    private function __clone()
    {
    }

    public function __serialize(): never
    {
        throw new \LogicException('a Signer cannot be serialized');
    }

    public function __unserialize(array $data): never
    {
        $this->__serialize();
    }

    public function jsonSerialize(): never
    {
        $this->__serialize();
    }

    /** The output of var_export() calls this function. */
    public static function __set_state(array $properties): never
    {
        throw new \LogicException('a Signer cannot be serialized');
    }

    /** Hides the buffer, which would be thousands of NULs, and the pointers. */
    public function __debugInfo(): array
    {
        return [];
    }

    private function eventsBody(array $events): string
    {
        $json = self::json($events, 'event', PusherException::EVENT);
        return $this->text('pusher_signer_events_body', $json);
    }

    /** Calls a function of the signer that takes only strings. */
    private function text(string $function, string ...$inputs): string
    {
        return Library::text($function, $this->bound(...$inputs), $this->signer, ...$inputs);
    }

    private function bound(string ...$inputs): int
    {
        $length = \array_sum(\array_map('strlen', $inputs));
        return Library::ffi()->pusher_signer_bound($this->signer, $length);
    }

    /** Returns the timestamp for the library, in which 0 means now. */
    private static function timestamp(?int $timestamp): int
    {
        return $timestamp === 0 ? throw Library::error(PusherException::REQUEST) : $timestamp ?? 0;
    }

    private static function data(mixed $data): string
    {
        return \is_string($data) ? $data : self::json($data, 'data', PusherException::EVENT);
    }

    private static function withInfo(array $event): array
    {
        return isset($event['info'])
            ? ['info' => self::commaSeparated($event['info']) ?? $event['info']] + $event
            : $event;
    }

    /** Joins a list of strings or integers. Returns null for all other values. */
    private static function commaSeparated(mixed $value): ?string
    {
        $values = \is_array($value) ? $value : [$value];
        foreach ($values as $one) {
            if (!\is_string($one) && !\is_int($one)) {
                return null;
            }
        }
        return \implode(',', $values);
    }

    private static function json(mixed $value, string $what, int $code): string
    {
        try {
            return \json_encode($value, self::JSON);
        } catch (\JsonException $e) {
            throw new PusherException("$what: {$e->getMessage()}", $code, $e);
        }
    }
}
