<?php

declare(strict_types=1);

namespace PusherAuth;

use FFI;

/**
 * Signs users in to Pusher Channels: makes what the endpoint /pusher/user-auth answers
 * out of a connection's socket id and a user.
 */
final class Signer
{
    /** Slashes and non-ASCII characters stay as they are, and 1.0 stays a float. */
    private const JSON = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_PRESERVE_ZERO_FRACTION;

    private ?FFI\CData $signer = null;
    private int $configLength;

    /**
     * @param array<string, mixed>|string $config what the official libraries take: ['appId' => …, 'key' => …,
     *     'secret' => …, 'cluster' => …, 'useTLS' => …], of which key and secret are needed; or the same as JSON
     * @throws PusherException
     */
    public function __construct(#[\SensitiveParameter] array|string $config)
    {
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
     * @param array<string, mixed>|object $user encoded as JSON; its `id` must be a non-empty string.
     *     An empty array within encodes as []: where {} is meant, use a new \stdClass.
     * @return string the whole body of the answer; not to be encoded once more
     * @throws PusherException
     */
    public function authenticateUser(string $socketId, array|object $user): string
    {
        try {
            return $this->authenticateUserJson($socketId, \json_encode($user, self::JSON | \JSON_THROW_ON_ERROR));
        } catch (\JsonException $e) {
            throw new PusherException("user: {$e->getMessage()}", PusherException::USER_INVALID, $e);
        }
    }

    /**
     * @param string $userJson one JSON object, which is signed and returned byte for byte
     * @return string the whole body of the answer; not to be encoded once more
     * @throws PusherException
     */
    public function authenticateUserJson(string $socketId, string $userJson): string
    {
        $ffi = Library::ffi();
        $size = $ffi->pusher_response_bound($this->configLength, \strlen($userJson));
        $response = $ffi->new("char[$size]");
        $length = Library::check($ffi->pusher_signer_authenticate_user(
            $this->signer,
            $socketId,
            \strlen($socketId),
            $userJson,
            \strlen($userJson),
            $response,
            $size
        ));
        return FFI::string($response, $length);
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
        $ffi = Library::ffi();
        $size = \strlen($callback) + 2 * \strlen($response) + 8;
        $script = $ffi->new("char[$size]");
        return FFI::string($script, Library::check($ffi->pusher_jsonp($callback, $response, $script, $size)));
    }

    public function __destruct()
    {
        if ($this->signer !== null) {
            Library::ffi()->pusher_signer_free($this->signer);
        }
    }

    // A copy would free the key twice, and what is serialised would hold no key.

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
}
