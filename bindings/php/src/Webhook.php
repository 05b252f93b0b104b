<?php

declare(strict_types=1);

namespace PusherAuth;

/** A verified and parsed webhook, as returned by Signer::webhook(). */
final class Webhook
{
    /** PHP's parser fails at 1,700 to 5,000 levels, even with a higher limit. */
    private const MAX_DEPTH = 1000;

    /** Matches one unpaired surrogate. Skips complete pairs and all other escapes. */
    private const UNPAIRED_SURROGATE = '/\\\\(?:'
        . 'u[dD][89abAB][\dA-Fa-f]{2}\\\\u[dD][c-fC-F][\dA-Fa-f]{2}|u(?![dD][89a-fA-F])|[^u]'
        . ')(*SKIP)(*FAIL)|\\\\u[dD][89a-fA-F][\dA-Fa-f]{2}/';

    /**
     * @param int $timeMs the time when Pusher sent it, in Unix milliseconds; 0 if it has no time
     * @param list<array<string, mixed>> $events the events, with the members that Pusher documents.
     *     The `data` of a client event on an encrypted channel is decrypted, or null if that fails.
     */
    private function __construct(
        public readonly int $timeMs,
        public readonly array $events
    ) {
    }

    /**
     * Parses a verified body. Clients choose the data of their events, and one event must not hide
     * the others. So unpaired surrogates and invalid UTF-8 become U+FFFD, too deeply nested values
     * become null, and too large numbers become infinite. The last of several duplicate keys
     * counts, and events that are not objects are ignored.
     *
     * @internal
     */
    public static function parse(string $body, Signer $signer): self
    {
        $body = \preg_replace(self::UNPAIRED_SURROGATE, '\ufffd', $body) ?? $body;
        $webhook = self::decode($body, true);
        if (\json_last_error() === \JSON_ERROR_DEPTH) {
            $body = self::withoutDeepValues($body);
            $webhook = self::decode($body, true);
        }
        // Arrays do not distinguish {} from []. Objects reject keys that begin with a NUL.
        $shape = self::decode(\str_replace('\u0000', '\u0001', $body), false);
        if (!\is_array($webhook) || !\is_array($shape->events ?? null)) {
            throw new PusherException(
                'webhook: the body must be a JSON object with a list of events',
                PusherException::WEBHOOK_INVALID
            );
        }
        $events = [];
        foreach (\array_filter($webhook['events'], 'is_array') as $event) {
            $channel = $event['channel'] ?? null;
            if (\is_string($channel) && isset($event['data'])) {
                $event['data'] = self::plaintext($signer, $channel, $event['data']);
            }
            $events[] = $event;
        }
        $time = $webhook['time_ms'] ?? null;
        return new self(\is_int($time) || \is_float($time) ? (int) $time : 0, $events);
    }

    private static function decode(string $json, bool $isArray): mixed
    {
        return \json_decode($json, $isArray, self::MAX_DEPTH, \JSON_INVALID_UTF8_SUBSTITUTE);
    }

    /** Replaces arrays and objects below MAX_DEPTH levels by null. */
    private static function withoutDeepValues(string $json): string
    {
        $result = '';
        $depth = $copied = $offset = 0;
        $token = '/"(?:[^"\\\\]|\\\\.)*+"|[][{}]/s';
        while (\preg_match($token, $json, $match, \PREG_OFFSET_CAPTURE, $offset)) {
            [$text, $start] = $match[0];
            $offset = $start + \strlen($text);
            if (($text === '[' || $text === '{') && ++$depth === self::MAX_DEPTH) {
                $result .= \substr($json, $copied, $start - $copied) . 'null';
            } elseif (($text === ']' || $text === '}') && $depth-- === self::MAX_DEPTH) {
                $copied = $offset;
            }
        }
        return $result . \substr($json, $copied);
    }

    private static function plaintext(Signer $signer, string $channel, mixed $data): mixed
    {
        if (!\str_starts_with($channel, 'private-encrypted-')) {
            return $data;
        }
        try {
            return $signer->decrypt($channel, \is_string($data) ? $data : '');
        } catch (PusherException) {
            return null;
        }
    }
}
