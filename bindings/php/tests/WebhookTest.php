<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;
use PusherAuth\Signer;
use PusherAuth\Webhook;

final class WebhookTest extends TestCase
{
    private const CONFIG = [
        'key' => 'k',
        'secret' => 's',
        'encryptionMasterKeyBase64' => 'OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=',
    ];

    /** Signs a body and parses it as a webhook. */
    private static function webhook(string $body, ?int $maxAge = null): Webhook
    {
        $signature = \hash_hmac('sha256', $body, self::CONFIG['secret']);
        return (new Signer(self::CONFIG))->webhook(self::CONFIG['key'], $signature, $body, $maxAge);
    }

    private static function codeOf(\Closure $call): int
    {
        try {
            $call();
        } catch (PusherException $e) {
            return $e->getCode();
        }
        self::fail('nothing was rejected');
    }

    public function testParsesEvents(): void
    {
        $event = ['name' => 'member_added', 'channel' => 'presence-a', 'user_id' => 'é'];
        $webhook = self::webhook(\json_encode(['time_ms' => 1403175510755, 'events' => [$event]]));
        self::assertSame(1403175510755, $webhook->timeMs);
        self::assertSame([$event], $webhook->events);
        self::assertSame([], self::webhook('{"time_ms":1,"events":[]}')->events);
    }

    public static function clientData(): array
    {
        return [
            'unpaired high surrogate' => ['"\ud83d"', "\u{fffd}"],
            'unpaired low surrogate' => ['"a\udc00b"', "a\u{fffd}b"],
            'surrogates in the wrong order' => ['"\uDE00\uD83D"', "\u{fffd}\u{fffd}"],
            'two high surrogates' => ['"\ud83d\ud83d\ude00"', "\u{fffd}\u{1f600}"],
            'a surrogate pair' => ['"\ud83d\ude00"', "\u{1f600}"],
            'an escaped backslash' => ['"\\\\ud83d"', '\ud83d'],
            'backslashes, then a surrogate' => ['"\\\\\\\\\ud83d"', "\\\\\u{fffd}"],
            'a number beyond a double' => ['1e999', \INF],
            'a duplicate key' => ['{"a":1,"a":2}', ['a' => 2]],
            'a key that begins with a NUL' => ['{"\u0000a":1}', ["\0a" => 1]],
            'invalid UTF-8' => ["\"\xff\"", "\u{fffd}"],
            'nesting' => [\str_repeat('[', 900) . \str_repeat(']', 900), null],
        ];
    }

    /** @dataProvider clientData */
    public function testClientDataDoNotHideOtherEvents(string $json, mixed $data): void
    {
        $client = "{\"name\":\"client_event\",\"channel\":\"private-a\",\"data\":$json}";
        $body = "{\"time_ms\":1,\"events\":[{\"name\":\"a\"},$client,{\"name\":\"b\"}]}";
        $events = self::webhook($body)->events;
        self::assertSame(['a', 'client_event', 'b'], \array_column($events, 'name'));
        self::assertSame($data ?? \json_decode($json, true, 4096), $events[1]['data']);
    }

    public function testDeepNestingDoesNotHideOtherEvents(): void
    {
        $pairs = ['[' => ']', '{"a":' => '}', '{"a":1,"b":' => '}', '[1,"]\\"[",' => ']'];
        foreach ($pairs as $open => $close) {
            foreach ([900, 990, 995, 996, 997, 998, 1000, 3000, 20_000] as $levels) {
                $deep = \str_repeat($open, $levels) . '1' . \str_repeat($close, $levels);
                $event = "{\"name\":\"b\",\"data\":$deep}";
                $body = "{\"events\":[{\"name\":\"a\"},$event,{\"name\":\"c\"}]}";
                $events = self::webhook($body)->events;
                self::assertSame(['a', 'b', 'c'], \array_column($events, 'name'));
            }
        }
    }

    public function testIgnoresEventsThatAreNotObjects(): void
    {
        $events = self::webhook('{"events":[5,null,"x",{"name":"a"}]}')->events;
        self::assertSame([['name' => 'a']], $events);
    }

    public static function otherBodies(): array
    {
        $bodies = ['', 'x', '[]', '{}', '{"time_ms":1}', '{"events":1}', '{"events":{}}'];
        $bodies = [...$bodies, '{"Events":[]}', '{"events":[]'];
        return \array_map(static fn (string $body) => [$body], $bodies);
    }

    /** @dataProvider otherBodies */
    public function testRejectsOtherBodies(string $body): void
    {
        $call = static fn () => self::webhook($body);
        self::assertSame(PusherException::WEBHOOK_INVALID, self::codeOf($call));
    }

    public function testDecryptsEvents(): void
    {
        $channel = 'private-encrypted-a';
        $encrypted = (new Signer(self::CONFIG))->encrypt($channel, '{"a":1}');
        $body = \json_encode(['events' => [
            ['name' => 'channel_occupied', 'channel' => $channel],
            ['name' => 'client_event', 'channel' => $channel, 'data' => $encrypted],
            ['name' => 'client_event', 'channel' => $channel, 'data' => 'tampered'],
            ['name' => 'client_event', 'channel' => 'private-a', 'data' => $encrypted],
        ]]);
        $events = self::webhook($body)->events;
        self::assertArrayNotHasKey('data', $events[0]);
        self::assertSame(['{"a":1}', null, $encrypted], \array_column($events, 'data'));
    }

    public function testRejectsOldWebhooks(): void
    {
        $body = static fn (float $age) => \json_encode([
            'time_ms' => (int) ((\microtime(true) - $age) * 1000),
            'events' => [],
        ]);
        self::assertSame([], self::webhook($body(0), 300)->events);
        self::assertSame([], self::webhook($body(290), 300)->events);
        self::assertSame([], self::webhook($body(1e6))->events);
        foreach ([$body(301), '{"events":[]}', '{"time_ms":"9999999999999","events":[]}'] as $old) {
            $call = static fn () => self::webhook($old, 300);
            self::assertSame(PusherException::WEBHOOK_EXPIRED, self::codeOf($call));
        }
    }

    public function testAcceptsSeveralTokens(): void
    {
        $body = '{"events":[{"name":"a"}]}';
        [$first, $second, $rotated] = [
            new Signer(self::CONFIG),
            new Signer(['key' => 'other', 'secret' => 't']),
            new Signer(['key' => 'k', 'secret' => 'new']),
        ];
        $webhook = static fn (string $key, string $secret) =>
            $first->webhook(
                $key,
                \hash_hmac('sha256', $body, $secret),
                $body,
                null,
                $second,
                $rotated
            );
        foreach ([['k', 's'], ['other', 't'], ['k', 'new']] as [$key, $secret]) {
            self::assertCount(1, $webhook($key, $secret)->events);
        }
        foreach (
            [
                [PusherException::WEBHOOK_SIGNATURE, 'k', 't'],
                [PusherException::WEBHOOK_SIGNATURE, 'other', 's'],
                [PusherException::WEBHOOK_KEY, 'third', 's'],
                [PusherException::WEBHOOK_KEY, '', 's'],
            ] as [$code, $key, $secret]
        ) {
            self::assertSame($code, self::codeOf(static fn () => $webhook($key, $secret)));
        }
    }
}
