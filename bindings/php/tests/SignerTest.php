<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;
use PusherAuth\Signer;

final class SignerTest extends TestCase
{
    private const KEY = 'key-1';
    private const MARK = '7ad3773142a6692b25b8';
    private const SECRET = '"é"/' . self::MARK;
    private const CONFIG = ['appId' => '1', 'key' => self::KEY, 'secret' => self::SECRET, 'cluster' => 'eu', 'useTLS' => true];
    private const SOCKET_ID = '1234.1234';

    private static function vectors(string $name): array
    {
        $file = \file_get_contents(__DIR__ . "/../../../tests/vectors/$name.json");
        return \json_decode($file, true, flags: \JSON_THROW_ON_ERROR);
    }

    public static function published(): array
    {
        return \array_map(static fn ($vector) => [$vector], self::vectors('user_auth')['user_auth']);
    }

    /** @dataProvider published */
    public function testSignsPublishedAnswers(array $vector): void
    {
        $config = ['key' => $vector['key'], 'secret' => $vector['secret']];
        $response = (new Signer($config))->authenticateUserJson($vector['socket_id'], $vector['user_data']);
        self::assertSame(['auth' => $vector['auth'], 'user_data' => $vector['user_data']], \json_decode($response, true));
        self::assertSame($vector['response'] ?? $response, $response);
        self::assertSame($response, (new Signer(\json_encode($config)))->authenticateUserJson($vector['socket_id'], $vector['user_data']));

        $user = \json_decode($vector['user_data'], true);
        self::assertSame($response, (new Signer($config))->authenticateUser($vector['socket_id'], $user));
    }

    public static function rejected(): array
    {
        return \array_map(static fn ($vector) => [$vector], self::vectors('reject')['reject']);
    }

    /** @dataProvider rejected */
    public function testRefusesWhatOthersRefuse(array $vector): void
    {
        ['field' => $field, 'value' => $value] = $vector;
        $input = [...['socket_id' => self::SOCKET_ID, 'user_data' => '{"id":"1"}'], ...[$field => $value]];
        $codes = $field === 'socket_id' ? [PusherException::SOCKET_ID] : [
            PusherException::USER_INVALID, PusherException::USER_ID_MISSING, PusherException::USER_ID_NOT_STRING,
            PusherException::USER_ID_EMPTY, PusherException::USER_DUPLICATE_MEMBER,
        ];
        $code = self::codeOf(static fn () => (new Signer(self::CONFIG))->authenticateUserJson($input['socket_id'], $input['user_data']));
        self::assertContains($code, $codes);
    }

    public static function users(): array
    {
        return [
            'array' => [['id' => '1', 'user_info' => ['name' => 'Ann']], '{"id":"1","user_info":{"name":"Ann"}}'],
            'object' => [(object) ['id' => '1', 'watchlist' => ['2', '3']], '{"id":"1","watchlist":["2","3"]}'],
            'empty ones' => [['id' => '1', 'a' => [], 'o' => new \stdClass()], '{"id":"1","a":[],"o":{}}'],
            'characters' => [['id' => '0', 'name' => "\"Å\"\n 🌍", 'url' => 'https://a/b'], '{"id":"0","name":"\"Å\"\n 🌍","url":"https://a/b"}'],
            'numbers' => [['id' => '1', 'n' => [1, 1.0, 0.1, \PHP_INT_MAX]], '{"id":"1","n":[1,1.0,0.1,9223372036854775807]}'],
            'JsonSerializable' => [
                new class implements \JsonSerializable {
                    public function jsonSerialize(): array
                    {
                        return ['id' => '7'];
                    }
                },
                '{"id":"7"}',
            ],
        ];
    }

    /** @dataProvider users */
    public function testSignsUsers(array|object $user, string $json): void
    {
        self::assertSigned($json, (new Signer(self::CONFIG))->authenticateUser(self::SOCKET_ID, $user));
    }

    public function testSignsJsonByteForByte(): void
    {
        $signer = new Signer(self::CONFIG);
        $long = '{"id":"1","a":"' . \str_repeat('\\"é', 100_000) . '"}'; // doubles when it is escaped
        foreach (["\n{ \"b\" : 1e400, \"id\":\t\"\\u0031\" }\r\n", $long] as $json) {
            self::assertSigned($json, $signer->authenticateUserJson(self::SOCKET_ID, $json));
        }
    }

    public function testUsesTheWholeSecret(): void
    {
        $secret = "a\0b\u{1f30d}";
        $response = (new Signer(['key' => self::KEY, 'secret' => $secret]))->authenticateUserJson(self::SOCKET_ID, '{"id":"1"}');
        self::assertSigned('{"id":"1"}', $response, $secret);
    }

    public static function refusals(): array
    {
        $user = static fn (array $user) => static fn () => (new Signer(self::CONFIG))->authenticateUser(self::SOCKET_ID, $user);
        $json = static fn (string $json) => static fn () => (new Signer(self::CONFIG))->authenticateUserJson(self::SOCKET_ID, $json);
        $socketId = static fn (string $id) => static fn () => (new Signer(self::CONFIG))->authenticateUserJson($id, '{"id":"1"}');
        $jsonp = static fn (string $callback, string $response) => static fn () => Signer::jsonp($callback, $response);
        $config = static fn (array|string $config) => static fn () => new Signer($config);
        return [
            'config that is a list' => [$config('[]'), PusherException::CONFIG_INVALID],
            'config with a NUL' => [$config(\json_encode(self::CONFIG) . "\0"), PusherException::CONFIG_INVALID],
            'config with a member twice' => [$config('{"key":"a","key":"b","secret":"c"}'), PusherException::CONFIG_INVALID],
            'config that JSON cannot hold' => [$config(['secret' => "\xff"] + self::CONFIG), PusherException::CONFIG_INVALID],
            'empty config' => [$config([]), PusherException::CONFIG_KEY],
            'key with a colon' => [$config(['key' => 'a:b'] + self::CONFIG), PusherException::CONFIG_KEY],
            'key with a NUL' => [$config(['key' => "a\0"] + self::CONFIG), PusherException::CONFIG_KEY],
            'no secret' => [$config(['key' => 'a']), PusherException::CONFIG_SECRET],
            'socket id with a NUL' => [$socketId("1.1\0"), PusherException::SOCKET_ID],
            'socket id with something after a NUL' => [$socketId("1.1\0:"), PusherException::SOCKET_ID],
            'socket id of no length' => [$socketId(''), PusherException::SOCKET_ID],
            'user with a NUL' => [$json("{\"id\":\"1\"}\0"), PusherException::USER_INVALID],
            'user of no length' => [$json(''), PusherException::USER_INVALID],
            'user that is a list' => [$user(['1']), PusherException::USER_INVALID],
            'user that JSON cannot hold' => [$user(['id' => "\xff"]), PusherException::USER_INVALID],
            'user without id' => [$user(['user_id' => '1']), PusherException::USER_ID_MISSING],
            'user with a number as id' => [$user(['id' => 12345]), PusherException::USER_ID_NOT_STRING],
            'user with an empty id' => [$user(['id' => '']), PusherException::USER_ID_EMPTY],
            'user with two ids' => [$json('{"id":"a","\u0069d":"b"}'), PusherException::USER_DUPLICATE_MEMBER],
            'callback that calls' => [$jsonp('alert(1)', '{}'), PusherException::CALLBACK],
            'callback with a NUL' => [$jsonp("a\0;alert(1)", '{}'), PusherException::CALLBACK],
            'response that is a list' => [$jsonp('a', '[]'), PusherException::RESPONSE_INVALID],
            'response with a NUL' => [$jsonp('a', "{}\0"), PusherException::RESPONSE_INVALID],
        ];
    }

    /** @dataProvider refusals */
    public function testRefuses(\Closure $call, int $code): void
    {
        self::assertSame($code, self::codeOf($call));
    }

    public function testWrapsAResponseForJsonp(): void
    {
        self::assertSame('/**/Pusher.auth_callbacks[\'1\']({"auth":"a:b"});', Signer::jsonp("Pusher.auth_callbacks['1']", '{"auth":"a:b"}'));
        $separators = \str_repeat("\u{2028}\u{2029}", 1000); // the characters that get longer
        self::assertSame(
            '/**/a({"b":"' . \str_repeat('\u2028\u2029', 1000) . '"});',
            Signer::jsonp('a', "{\"b\":\"$separators\"}")
        );
    }

    public function testShowsTheSecretInNoDump(): void
    {
        $signer = new Signer(self::CONFIG);
        \ob_start();
        \var_dump($signer, (array) $signer);
        \debug_zval_dump($signer);
        self::assertNoSecret(\ob_get_clean() . \print_r($signer, true) . \var_export($signer, true));
    }

    public static function unusableConfigs(): array
    {
        return [
            'array' => [static fn () => new Signer(['key' => ''] + self::CONFIG)],
            'JSON' => [static fn () => new Signer(\json_encode(['key' => ''] + self::CONFIG))],
            'array that JSON cannot hold' => [static fn () => new Signer(['key' => "\xff"] + self::CONFIG)],
        ];
    }

    /** @dataProvider unusableConfigs */
    public function testShowsTheSecretInNoStackTrace(\Closure $call): void
    {
        try {
            $call();
            self::fail('a Signer without a key');
        } catch (PusherException $e) {
            self::assertNull($e->getPrevious());
            self::assertNoSecret("$e");
            foreach ($e->getTrace() as $frame) {
                if ($frame['class'] === self::class) {
                    break; // from here on these are the test's own
                }
                $values = \array_map(
                    // PHP hides these from dumps; older versions know no such attribute and show the value.
                    static fn ($value) => $value instanceof \SensitiveParameterValue ? $value->getValue() : $value,
                    $frame['args']
                );
                self::assertNoSecret(\print_r($values, true));
            }
        }
    }

    public function testCannotBeSerialised(): void
    {
        $signer = new Signer(self::CONFIG);
        foreach ([
            static fn () => \serialize($signer),
            static fn () => \serialize(['signer' => $signer]),
            static fn () => \unserialize('O:17:"PusherAuth\Signer":0:{}'),
            static fn () => \json_encode($signer),
            static fn () => \json_encode(['signer' => $signer]),
            static fn () => Signer::__set_state([]), // which is what var_export() writes
        ] as $call) {
            try {
                $call();
                self::fail('a copy of a Signer');
            } catch (\LogicException $e) {
                self::assertSame('a Signer cannot be serialised', $e->getMessage());
            }
        }
    }

    public function testCannotBeCloned(): void
    {
        $this->expectException(\Error::class);
        $this->expectExceptionMessage('private PusherAuth\Signer::__clone()');
        $copy = clone new Signer(self::CONFIG);
    }

    private const MASTER_KEY = 'OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=';

    public function testDoesWhatIsPublishedOfChannelsRequestsAndWebhooks(): void
    {
        $seen = [];
        foreach (self::vectors('channels_requests_webhooks')['vectors'] as $vector) {
            ['kind' => $kind, 'source' => $source] = $vector;
            $config = ['key' => $vector['key'] ?? 'any', 'secret' => $vector['secret'] ?? 'any'];
            $channel = $vector['channel'] ?? '';
            $data = $vector['channel_data'] ?? null;
            if ($kind === 'presence_auth' || $kind === 'channel_auth' && \str_starts_with($channel, 'private-')) {
                if (($data !== null) !== \str_starts_with($channel, 'presence-')) {
                    continue;
                }
                $signer = new Signer($config + ['encryptionMasterKeyBase64' => self::MASTER_KEY]);
                $answer = \json_decode($signer->authorizeChannel($vector['socket_id'], $channel, $data), true);
                self::assertSame($vector['recomputed'] ?? $vector['auth'], $answer['auth'], $source);
                self::assertSame($data, $answer['channel_data'] ?? null, $source);
            } elseif ($kind === 'encrypted_shared_secret' && isset($vector['master_key_base64'])) {
                $signer = new Signer($config + ['encryptionMasterKeyBase64' => $vector['master_key_base64']]);
                $answer = \json_decode($signer->authorizeChannel('1.1', $channel), true);
                self::assertSame(\rtrim($vector['shared_secret'], '='), \rtrim($answer['shared_secret'], '='), $source);
            } elseif ($kind === 'rest_signature' && \preg_match('~^/apps/(\w+)(/.*)$~', $vector['path'], $path)) {
                $signer = new Signer($config + ['appId' => $path[1], 'cluster' => 'eu']);
                $url = $signer->signRequest(
                    $vector['method'],
                    $path[2],
                    $vector['params'],
                    $vector['body'] ?? '',
                    (int) $vector['timestamp']
                );
                self::assertStringStartsWith("https://api-eu.pusher.com{$vector['path']}?", $url, $source);
                self::assertStringEndsWith("&auth_signature={$vector['auth_signature']}", $url, $source);
            } elseif ($kind === 'webhook') {
                $signer = new Signer($config);
                $signer->verifyWebhook($config['key'], $vector['signature'], $vector['body']);
                $changed = static fn () => $signer->verifyWebhook($config['key'], $vector['signature'], "{$vector['body']} ");
                self::assertSame(PusherException::WEBHOOK_SIGNATURE, self::codeOf($changed), $source);
                $stranger = static fn () => $signer->verifyWebhook('other', $vector['signature'], $vector['body']);
                self::assertSame(PusherException::WEBHOOK_KEY, self::codeOf($stranger), $source);
            } else {
                continue;
            }
            $seen[$kind] = true;
        }
        self::assertCount(5, $seen);
    }

    public function testAuthorizesPresenceChannelsWithArrays(): void
    {
        $data = ['user_id' => 7, 'user_info' => ['name' => 'Ann']];
        $answer = (new Signer(self::CONFIG))->authorizeChannel(self::SOCKET_ID, 'presence-a', $data);
        self::assertSame($answer, (new Signer(self::CONFIG))->authorizeChannel(self::SOCKET_ID, 'presence-a', \json_encode($data)));
        self::assertSame('{"user_id":7,"user_info":{"name":"Ann"}}', \json_decode($answer, true)['channel_data']);
    }

    public static function moreRefusals(): array
    {
        $channel = static fn (string $channel, mixed $data = null) =>
            static fn () => (new Signer(self::CONFIG))->authorizeChannel(self::SOCKET_ID, $channel, $data);
        $request = static fn (mixed ...$request) => static fn () => (new Signer(self::CONFIG))->signRequest(...$request);
        return [
            'another signature' => [$channel(':user::{"id":"admin"}'), PusherException::CHANNEL],
            'channel with a NUL' => [$channel("private-a\0"), PusherException::CHANNEL],
            'data for a private channel' => [$channel('private-a', ['user_id' => '1']), PusherException::CHANNEL_DATA],
            'data without a user' => [$channel('presence-a', []), PusherException::CHANNEL_DATA],
            'empty data' => [$channel('presence-a', ''), PusherException::CHANNEL_DATA],
            'data that JSON cannot hold' => [$channel('presence-a', ['user_id' => "\xff"]), PusherException::CHANNEL_DATA],
            'no encryption key' => [$channel('private-encrypted-a'), PusherException::ENCRYPTION_KEY],
            'method in lower case' => [$request('get', '/channels'), PusherException::REQUEST],
            'path with a NUL' => [$request('GET', "/channels\0/a"), PusherException::REQUEST],
            'query with a NUL' => [$request('GET', '/channels', ['a' => "\0"]), PusherException::REQUEST],
            'query with more within' => [$request('GET', '/channels', ['a' => '1&b=2']), PusherException::REQUEST],
            'query with more within a name' => [$request('GET', '/channels', ['a=1&b' => '2']), PusherException::REQUEST],
            'the year 1970' => [$request('GET', '/channels', [], '', 0), PusherException::REQUEST],
        ];
    }

    /** @dataProvider moreRefusals */
    public function testRefusesChannelsAndRequests(\Closure $call, int $code): void
    {
        self::assertSame($code, self::codeOf($call));
    }

    public function testASignerThatWasDestroyedThrows(): void
    {
        $signer = new Signer(self::CONFIG);
        $signer->__destruct();
        $signer->__destruct();
        $halfBuilt = (new \ReflectionClass(Signer::class))->newInstanceWithoutConstructor();
        foreach ([$signer, $halfBuilt] as $unusable) {
            foreach ([
                static fn () => $unusable->authenticateUser(self::SOCKET_ID, ['id' => '1']),
                static fn () => $unusable->authorizeChannel(self::SOCKET_ID, 'private-a'),
                static fn () => $unusable->signRequest('GET', '/channels'),
                static fn () => $unusable->verifyWebhook('k', 's', ''),
            ] as $call) {
                self::assertSame(PusherException::NULL_ARGUMENT, self::codeOf($call));
            }
        }
    }

    public function testIsConstructedOnce(): void
    {
        $signer = new Signer(self::CONFIG);
        $this->expectException(\LogicException::class);
        $signer->__construct(self::CONFIG);
    }

    /** PHP ends a cycle that is left at the end of a script in any order: what signs then gets an error, not freed memory. */
    public function testSurvivesACycleAtTheEndOfTheScript(): void
    {
        $script = <<<'PHP'
            require $argv[1];
            class Owner {
                public function __construct(public PusherAuth\Signer $signer, public ?Owner $other = null) {}
                public function __destruct() {
                    try {
                        echo strlen($this->signer->authenticateUser('1.1', ['id' => '1'])) > 0 ? 'signed ' : '';
                    } catch (PusherAuth\PusherException $e) {
                        echo 'refused ';
                    }
                }
            }
            for ($i = 0; $i < 100; $i++) {
                $first = new Owner(new PusherAuth\Signer('{"key":"k","secret":"s"}'));
                $first->other = new Owner($first->signer, $first);
                $all[] = $first;
            }
            PHP;
        $command = [\PHP_BINARY, '-d', 'ffi.enable=1', '-r', $script, __DIR__ . '/../preload.php'];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        $output = \stream_get_contents($pipes[1]);
        self::assertSame('', \stream_get_contents($pipes[2]));
        self::assertSame(0, \proc_close($process));
        self::assertSame(200, \preg_match_all('/signed|refused/', $output), $output);
    }

    /** Calls what must be refused, and gives the code. */
    private static function codeOf(\Closure $call): int
    {
        try {
            $call();
        } catch (PusherException $e) {
            self::assertNotSame('', $e->getMessage());
            self::assertNoSecret($e->getMessage());
            return $e->getCode();
        }
        self::fail('nothing was refused');
    }

    private static function assertNoSecret(string $text): void
    {
        self::assertStringNotContainsString(self::MARK, $text);
    }

    /** Holds the response against PHP's own HMAC and JSON. */
    private static function assertSigned(string $json, string $response, string $secret = self::SECRET): void
    {
        $auth = self::KEY . ':' . \hash_hmac('sha256', self::SOCKET_ID . "::user::$json", $secret);
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_UNESCAPED_LINE_TERMINATORS;
        self::assertSame(\json_encode(['auth' => $auth, 'user_data' => $json], $flags), $response);
    }
}
