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
    private const MASTER_KEY = 'OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=';
    private const CONFIG = [
        'appId' => '1',
        'key' => self::KEY,
        'secret' => self::SECRET,
        'cluster' => 'eu',
        'useTLS' => true,
    ];
    private const ENCRYPTED = ['encryptionMasterKeyBase64' => self::MASTER_KEY] + self::CONFIG;
    private const SOCKET_ID = '1234.1234';

    public static function values(): array
    {
        return [
            'array' => [
                ['id' => '1', 'user_info' => ['name' => 'Ann']],
                '{"id":"1","user_info":{"name":"Ann"}}',
            ],
            'object' => [
                (object) ['id' => '1', 'watchlist' => ['2', '3']],
                '{"id":"1","watchlist":["2","3"]}',
            ],
            'string' => [" {\"id\":\t\"\\u0031\" }\r\n", " {\"id\":\t\"\\u0031\" }\r\n"],
            'empty array and object' => [
                ['id' => '1', 'a' => [], 'o' => new \stdClass()],
                '{"id":"1","a":[],"o":{}}',
            ],
            'characters' => [
                ['id' => '0', 'name' => "\"Å\"\n 🌍", 'url' => 'https://a/b'],
                '{"id":"0","name":"\"Å\"\n 🌍","url":"https://a/b"}',
            ],
            'numbers' => [
                ['id' => '1', 'n' => [1, 1.0, 0.1, \PHP_INT_MAX]],
                '{"id":"1","n":[1,1.0,0.1,9223372036854775807]}',
            ],
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

    /** @dataProvider values */
    public function testAuthenticatesUsersOfEveryKind(array|object|string $user, string $json): void
    {
        $response = (new Signer(self::CONFIG))->authenticateUser(self::SOCKET_ID, $user);
        self::assertSigned($json, $response);
    }

    /** @dataProvider values */
    public function testAcceptsChannelDataOfEveryKind(array|object|string $data, string $json): void
    {
        $json = \str_replace('"id"', '"user_id"', $json);
        if (\is_string($data)) {
            $data = $json;
        } elseif (\is_array($data)) {
            $data = ['user_id' => $data['id']] + \array_diff_key($data, ['id' => 0]);
        } else {
            $data = (object) \json_decode($json, true);
        }
        $signer = new Signer(self::CONFIG);
        $response = $signer->authorizeChannel('presence-a', self::SOCKET_ID, $data);
        self::assertSame($json, \json_decode($response, true)['channel_data']);
    }

    public function testSignsStringsByteForByte(): void
    {
        $signer = new Signer(self::CONFIG);
        // Some responses fill the reused buffer to the last byte. Others do not fit.
        foreach ([1, 900, 1008, 1009, 1010, 1011, 1012, 1020, 2000, 100_000] as $count) {
            foreach (['', 'x'] as $odd) {
                $json = "{\"id\":\"1\",\"a\":\"$odd" . \str_repeat('\\"', $count) . '"}';
                self::assertSigned($json, $signer->authenticateUser(self::SOCKET_ID, $json));
                $json = \str_replace('"id"', '"user_id"', $json);
                $response = $signer->authorizeChannel('presence-a', self::SOCKET_ID, $json);
                self::assertSame($json, \json_decode($response, true)['channel_data']);
            }
        }
    }

    /** A call takes twice as long if it allocates the buffer. */
    public function testReusesItsBuffer(): void
    {
        $signer = new Signer(self::CONFIG);
        $property = new \ReflectionProperty(Signer::class, 'buffer');
        $property->setAccessible(true);
        $buffer = $property->getValue($signer);
        self::assertNotNull($buffer);
        foreach (
            [
                static fn () => $signer->authenticateUser(self::SOCKET_ID, '{"id":"1"}'),
                static fn () => $signer->authorizeChannel('private-a', self::SOCKET_ID),
                static fn () => self::codeOf(fn () => $signer->authenticateUser('1', '')),
                static fn () => self::codeOf(fn () => $signer->authorizeChannel('a', '1.1')),
                static fn () => $signer->authenticateUser(
                    self::SOCKET_ID,
                    ['id' => \str_repeat('a', 10_000)]
                ),
            ] as $call
        ) {
            $call();
            self::assertSame($buffer, $property->getValue($signer));
        }
    }

    public function testUsesTheCompleteSecret(): void
    {
        $secret = "a\0b\u{1f30d}";
        $signer = new Signer(['key' => self::KEY, 'secret' => $secret]);
        $response = $signer->authenticateUser(self::SOCKET_ID, '{"id":"1"}');
        self::assertSigned('{"id":"1"}', $response, $secret);
    }

    public function testReadsAPusherUrl(): void
    {
        $secret = \rawurlencode(self::SECRET);
        $signer = new Signer('https://' . self::KEY . ":$secret@api-eu.pusher.com/apps/1");
        self::assertSigned('{"id":"1"}', $signer->authenticateUser(self::SOCKET_ID, ['id' => '1']));
        $fromArray = (new Signer(self::CONFIG))->requestUrl('GET', '/channels', [], '', 1);
        self::assertSame($fromArray, $signer->requestUrl('GET', '/channels', [], '', 1));
    }

    public function testAuthorizesPresenceChannels(): void
    {
        $signer = new Signer(self::CONFIG);
        $info = ['name' => 'Ann'];
        $response = $signer->authorizePresenceChannel('presence-a', self::SOCKET_ID, 7, $info);
        $json = '{"user_id":7,"user_info":{"name":"Ann"}}';
        self::assertSame($json, \json_decode($response, true)['channel_data']);
        $fromJson = $signer->authorizeChannel('presence-a', self::SOCKET_ID, $json);
        self::assertSame($response, $fromJson);
        $response = $signer->authorizePresenceChannel('presence-a', self::SOCKET_ID, '0');
        self::assertSame('{"user_id":"0"}', \json_decode($response, true)['channel_data']);
    }

    public function testJoinsListsInQueriesByCommas(): void
    {
        $signer = new Signer(self::CONFIG);
        $info = ['info' => ['user_count', 'subscription_count']];
        $path = '/channels/presence-a';
        $url = $signer->requestUrl('GET', $path, $info, '', 1427053326);
        self::assertStringContainsString('&info=user_count,subscription_count&', $url);
        $joined = ['info' => 'user_count,subscription_count'];
        self::assertSame($url, $signer->requestUrl('GET', $path, $joined, '', 1427053326));
        $url = $signer->requestUrl('GET', '/channels', ['limit' => 5]);
        self::assertStringContainsString('&limit=5&', $url);
        self::assertEqualsWithDelta(\time(), (int) \explode('auth_timestamp=', $url)[1], 5);
    }

    public function testTerminatesUserConnections(): void
    {
        $signer = new Signer(self::CONFIG);
        self::assertSame(
            $signer->requestUrl('POST', '/users/alice/terminate_connections', [], '{}', 1427053326),
            $signer->terminateUserConnectionsUrl('alice', 1427053326)
        );
        $url = $signer->terminateUserConnectionsUrl('../x');
        self::assertStringContainsString('/apps/1/users/..%2Fx/terminate_connections?', $url);
    }

    public function testWritesEvents(): void
    {
        $signer = new Signer(self::CONFIG);
        $event = static fn (mixed ...$arguments) =>
            \json_decode($signer->triggerBody(...$arguments), true);
        $body = $event('my-channel', 'my-event', ['a' => 'é/']);
        self::assertSame(['my-event', '{"a":"é/"}'], [$body['name'], $body['data']]);
        self::assertSame('my-channel', $body['channel'] ?? $body['channels'][0]);
        self::assertSame('text', $event('a', 'b', 'text')['data']);
        self::assertSame('5', $event('a', 'b', 5)['data']);
        self::assertSame('null', $event('a', 'b', null)['data']);
        self::assertArrayNotHasKey('socket_id', $event('a', 'b', '', ['socket_id' => null]));
        self::assertSame('1.1', $event('a', 'b', '', ['socket_id' => '1.1'])['socket_id']);

        $params = ['socket_id' => '1.1', 'info' => ['user_count', 'subscription_count']];
        $body = $event(['a', 'presence-b'], 'c', ['d' => 1], $params);
        self::assertSame(['a', 'presence-b'], $body['channels']);
        self::assertSame('{"d":1}', $body['data']);
        self::assertSame('1.1', $body['socket_id']);
        self::assertSame('user_count,subscription_count', $body['info']);
        self::assertSame('user_count', $event('a', 'b', [], ['info' => 'user_count'])['info']);

        $body = \json_decode($signer->sendToUserBody('alice', 'news', ['a' => 1]), true);
        self::assertSame('#server-to-user-alice', $body['channel'] ?? $body['channels'][0]);

        $batch = \json_decode($signer->triggerBatchBody([
            ['channel' => 'a', 'name' => 'b', 'data' => ['c' => 1], 'info' => ['user_count']],
            ['channel' => 'd', 'name' => 'e', 'data' => 'f', 'socket_id' => '1.1'],
        ]), true)['batch'];
        self::assertSame(['{"c":1}', 'f'], \array_column($batch, 'data'));
        self::assertSame(['a', 'd'], \array_column($batch, 'channel'));
        self::assertSame('user_count', $batch[0]['info']);
    }

    public function testEncryptsEvents(): void
    {
        $signer = new Signer(self::ENCRYPTED);
        $channel = 'private-encrypted-a';
        $plain = '{"secret":"é 🌍"}';
        $data = ['secret' => 'é 🌍'];
        $event = ['channel' => $channel, 'name' => 'e', 'data' => $data];
        $batch = $signer->triggerBatchBody([$event]);
        $encrypted = [
            $signer->encrypt($channel, $data),
            $signer->encrypt($channel, $plain),
            \json_decode($signer->triggerBody($channel, 'e', $data), true)['data'],
            \json_decode($signer->triggerBody([$channel], 'e', $plain), true)['data'],
            \json_decode($batch, true)['batch'][0]['data'],
        ];
        foreach ($encrypted as $one) {
            self::assertSame(['nonce', 'ciphertext'], \array_keys(\json_decode($one, true)));
            self::assertSame($plain, $signer->decrypt($channel, $one));
        }
        self::assertCount(5, \array_unique($encrypted), 'a nonce was used twice');
        self::assertSame('', $signer->decrypt($channel, $signer->encrypt($channel, '')));

        $other = static fn () => $signer->decrypt('private-encrypted-b', $encrypted[0]);
        self::assertSame(PusherException::DECRYPTION, self::codeOf($other));
    }

    public function testReadsRequestParameters(): void
    {
        $form = 'application/x-www-form-urlencoded; charset=UTF-8';
        self::assertSame('a b', Signer::requestParameter($form, 'x=1&a.b=a+b', 'a.b'));
        $json = '{"socket_id":"1.1"}';
        self::assertSame('1.1', Signer::requestParameter('application/json', $json, 'socket_id'));
        self::assertSame('', Signer::requestParameter('', 'callback=', 'callback'));
    }

    public function testWrapsAResponseForJsonp(): void
    {
        $callback = "Pusher.auth_callbacks['1']";
        $response = '{"auth":"a:b"}';
        self::assertSame("/**/$callback($response);", Signer::jsonp($callback, $response));
        $separators = \str_repeat("\u{2028}\u{2029}", 1000); // These are escaped.
        self::assertSame(
            '/**/a({"b":"' . \str_repeat('\u2028\u2029', 1000) . '"});',
            Signer::jsonp('a', "{\"b\":\"$separators\"}")
        );
    }

    public static function rejected(): array
    {
        $config = static fn (array|string $config) => static fn () => new Signer($config);
        $signer = static fn (string $method, mixed ...$arguments) =>
            static fn () => (new Signer(self::ENCRYPTED))->$method(...$arguments);
        $user = static fn (mixed $user) => $signer('authenticateUser', self::SOCKET_ID, $user);
        $socketId = static fn (string $id) => $signer('authenticateUser', $id, '{"id":"1"}');
        $channel = static fn (string $channel, mixed $data = null) =>
            $signer('authorizeChannel', $channel, self::SOCKET_ID, $data);
        $url = static fn (mixed ...$arguments) => $signer('requestUrl', ...$arguments);
        $event = static fn (mixed ...$arguments) => $signer('triggerBody', ...$arguments);
        $batch = static fn (mixed $batch) => $signer('triggerBatchBody', $batch);
        $jsonp = static fn (string ...$arguments) => static fn () => Signer::jsonp(...$arguments);
        $parameter = static fn (string ...$arguments) =>
            static fn () => Signer::requestParameter(...$arguments);
        $json = \json_encode(self::CONFIG);
        $form = 'application/x-www-form-urlencoded';
        return [
            'config that is a list' => [$config('[]'), PusherException::CONFIG_INVALID],
            'config with a NUL' => [$config("$json\0"), PusherException::CONFIG_INVALID],
            'config with a duplicate key' => [
                $config('{"key":"a","key":"b","secret":"c"}'),
                PusherException::CONFIG_INVALID,
            ],
            'config that is not UTF-8' => [
                $config(['secret' => "\xff"] + self::CONFIG),
                PusherException::CONFIG_INVALID,
            ],
            'URL without an app' => [$config('https://k:s@a.b/'), PusherException::CONFIG_INVALID],
            'empty config' => [$config([]), PusherException::CONFIG_KEY],
            'key with a colon' => [
                $config(['key' => 'a:b'] + self::CONFIG),
                PusherException::CONFIG_KEY,
            ],
            'key with a NUL' => [
                $config(['key' => "a\0"] + self::CONFIG),
                PusherException::CONFIG_KEY,
            ],
            'no secret' => [$config(['key' => 'a']), PusherException::CONFIG_SECRET],
            'short master key' => [
                $config(['encryptionMasterKeyBase64' => 'AAAA'] + self::CONFIG),
                PusherException::ENCRYPTION_KEY,
            ],
            'socket id with a NUL' => [$socketId("1.1\0"), PusherException::SOCKET_ID],
            'socket id with text after a NUL' => [$socketId("1.1\0:"), PusherException::SOCKET_ID],
            'empty socket id' => [$socketId(''), PusherException::SOCKET_ID],
            'channel as socket id' => [
                $signer('authorizeChannel', self::SOCKET_ID, 'private-a'),
                PusherException::SOCKET_ID,
            ],
            'user with a NUL' => [$user("{\"id\":\"1\"}\0"), PusherException::USER_INVALID],
            'empty user' => [$user(''), PusherException::USER_INVALID],
            'user that is a list' => [$user(['1']), PusherException::USER_INVALID],
            'user that is not UTF-8' => [$user(['id' => "\xff"]), PusherException::USER_INVALID],
            'user without id' => [$user(['user_id' => '1']), PusherException::USER_ID_MISSING],
            'user with a number as id' => [
                $user(['id' => 12345]),
                PusherException::USER_ID_NOT_STRING,
            ],
            'user with an empty id' => [$user(['id' => '']), PusherException::USER_ID_EMPTY],
            'user with two ids' => [
                $user('{"id":"a","\u0069d":"b"}'),
                PusherException::USER_DUPLICATE_MEMBER,
            ],
            'user as channel' => [$channel(':user::{"id":"admin"}'), PusherException::CHANNEL],
            'channel with a NUL' => [$channel("private-a\0"), PusherException::CHANNEL],
            'channel data for a private channel' => [
                $channel('private-a', ['user_id' => '1']),
                PusherException::CHANNEL_DATA,
            ],
            'member without a user' => [$channel('presence-a', []), PusherException::CHANNEL_DATA],
            'empty channel data' => [$channel('presence-a', ''), PusherException::CHANNEL_DATA],
            'channel data that are not UTF-8' => [
                $channel('presence-a', ['user_id' => "\xff"]),
                PusherException::CHANNEL_DATA,
            ],
            'no master key' => [
                static fn () => (new Signer(self::CONFIG))
                    ->authorizeChannel('private-encrypted-a', '1.1'),
                PusherException::ENCRYPTION_KEY,
            ],
            'method in lower case' => [$url('get', '/channels'), PusherException::REQUEST],
            'path with a NUL' => [$url('GET', "/channels\0/a"), PusherException::REQUEST],
            'query with a NUL' => [
                $url('GET', '/channels', ['a' => "\0"]),
                PusherException::REQUEST,
            ],
            'two pairs in a value' => [
                $url('GET', '/channels', ['a' => '1&b=2']),
                PusherException::REQUEST,
            ],
            'two pairs in a name' => [
                $url('GET', '/channels', ['a=1&b' => '2']),
                PusherException::REQUEST,
            ],
            'equals sign in a name' => [
                $url('GET', '/channels', ['a=1' => '2']),
                PusherException::REQUEST,
            ],
            'lists in a list' => [
                $url('GET', '/channels', ['a' => [['b']]]),
                PusherException::REQUEST,
            ],
            'true in a query' => [
                $url('GET', '/channels', ['a' => true]),
                PusherException::REQUEST,
            ],
            'timestamp 0' => [$url('GET', '/channels', [], '', 0), PusherException::REQUEST],
            'no appId' => [
                static fn () => (new Signer(['key' => 'k', 'secret' => 's']))
                    ->requestUrl('GET', '/a'),
                PusherException::CONFIG_APP,
            ],
            'user id that makes another path' => [
                $signer('terminateUserConnectionsUrl', '..'),
                PusherException::REQUEST,
            ],
            'empty event name' => [$event('a', '', ''), PusherException::EVENT],
            'event without channels' => [$event([], 'a', ''), PusherException::EVENT],
            'event data that are no UTF-8' => [$event('a', 'b', ["\xff"]), PusherException::EVENT],
            'event with a number as socket id' => [
                $event(['a', 'b'], 'c', '', ['socket_id' => 1.1]),
                PusherException::SOCKET_ID,
            ],
            'event with an invalid socket id' => [
                $event('a', 'b', '', ['socket_id' => '1']),
                PusherException::SOCKET_ID,
            ],
            'two channels, one of them encrypted' => [
                $event(['private-encrypted-a', 'b'], 'c', ''),
                PusherException::EVENT,
            ],
            'empty batch' => [$batch([]), PusherException::EVENT],
            'batch of strings' => [$batch(['a']), PusherException::EVENT],
            'decryption of other text' => [
                $signer('decrypt', 'private-encrypted-a', 'text'),
                PusherException::DECRYPTION,
            ],
            'callback that calls' => [$jsonp('alert(1)', '{}'), PusherException::CALLBACK],
            'callback with a NUL' => [$jsonp("a\0;alert(1)", '{}'), PusherException::CALLBACK],
            'response that is a list' => [$jsonp('a', '[]'), PusherException::RESPONSE_INVALID],
            'response with a NUL' => [$jsonp('a', "{}\0"), PusherException::RESPONSE_INVALID],
            'duplicate parameter' => [
                $parameter($form, 'a=1&a=1', 'a'),
                PusherException::PARAMETERS,
            ],
            'parameters of another type' => [
                $parameter('text/plain', 'a=1', 'a'),
                PusherException::PARAMETERS,
            ],
            'parameter that is missing' => [
                $parameter($form, '', 'a'),
                PusherException::PARAMETER_MISSING,
            ],
        ];
    }

    /** @dataProvider rejected */
    public function testRejects(\Closure $call, int $code): void
    {
        self::assertSame($code, self::codeOf($call));
    }

    public function testDumpsContainNoSecrets(): void
    {
        $signer = new Signer(self::ENCRYPTED);
        $response = $signer->authenticateUser(self::SOCKET_ID, ['id' => '1']);
        $response .= $signer->authorizeChannel('private-encrypted-a', self::SOCKET_ID);
        \preg_match_all('/[0-9a-f]{64}|(?<=shared_secret":")[^"]*/', $response, $secrets);
        self::assertCount(3, $secrets[0]);
        \ob_start();
        \var_dump($signer, (array) $signer);
        \debug_zval_dump($signer);
        $dump = \ob_get_clean() . \print_r($signer, true) . \var_export($signer, true);
        // PHP dumps a buffer as an array of characters.
        $dump .= \preg_replace('/\s+\[\d+\]=>\s+string\(1\) "(.)"/s', '$1', $dump);
        foreach ([self::MARK, ...$secrets[0]] as $secret) {
            self::assertFalse(\str_contains($dump, $secret));
        }
        self::assertSame("PusherAuth\\Signer Object\n(\n)\n", \print_r($signer, true));
    }

    /** A signal handler that signs during a call must not write into the buffer of that call. */
    public function testSignsInASignalHandler(): void
    {
        $script = <<<'PHP'
            require $argv[1];
            $signer = new PusherAuth\Signer('{"key":"k","secret":"s"}');
            $calls = 0;
            pcntl_async_signals(true);
            pcntl_signal(SIGUSR1, function () use ($signer, &$calls) {
                $calls++;
                $signer->authenticateUser('2.2', ['id' => str_repeat('b', 100)]);
            });
            $expected = $signer->authenticateUser('1.1', '{"id":"a"}');
            $sender = pcntl_fork();
            if ($sender === 0) {
                while (@posix_kill(posix_getppid(), SIGUSR1)) {
                    usleep(20);
                }
                exit;
            }
            for ($i = 0; $i < 100000 || $calls < 100; $i++) {
                if ($signer->authenticateUser('1.1', '{"id":"a"}') !== $expected) {
                    echo "wrong response\n";
                    break;
                }
            }
            posix_kill($sender, SIGKILL);
            pcntl_waitpid($sender, $status);
            echo 'done';
            PHP;
        self::assertSame('done', self::runScript($script));
    }

    public static function invalidConfigs(): array
    {
        return [
            'array' => [static fn () => new Signer(['key' => ''] + self::CONFIG)],
            'JSON' => [static fn () => new Signer(\json_encode(['key' => ''] + self::CONFIG))],
            'array that is not UTF-8' => [
                static fn () => new Signer(['key' => "\xff"] + self::CONFIG),
            ],
        ];
    }

    /** @dataProvider invalidConfigs */
    public function testStackTracesContainNoSecrets(\Closure $call): void
    {
        try {
            $call();
            self::fail('a Signer was made without a key');
        } catch (PusherException $e) {
            self::assertNull($e->getPrevious());
            self::assertNoSecret("$e");
            foreach ($e->getTrace() as $frame) {
                if ($frame['class'] === self::class) {
                    break; // The other frames are those of the test.
                }
                $values = \array_map(
                    // PHP 8.2 and later hide the value. PHP 8.1 has no such attribute.
                    static fn ($value) => $value instanceof \SensitiveParameterValue
                        ? $value->getValue()
                        : $value,
                    $frame['args']
                );
                self::assertNoSecret(\print_r($values, true));
            }
        }
    }

    public function testCannotBeSerialized(): void
    {
        $signer = new Signer(self::CONFIG);
        foreach (
            [
                static fn () => \serialize($signer),
                static fn () => \serialize(['signer' => $signer]),
                static fn () => \unserialize('O:17:"PusherAuth\Signer":0:{}'),
                static fn () => \json_encode($signer),
                static fn () => \json_encode(['signer' => $signer]),
                static fn () => Signer::__set_state([]), // The output of var_export() calls this.
            ] as $call
        ) {
            try {
                $call();
                self::fail('a Signer was copied');
            } catch (\LogicException $e) {
                self::assertSame('a Signer cannot be serialized', $e->getMessage());
            }
        }
    }

    public function testCannotBeCloned(): void
    {
        $this->expectException(\Error::class);
        $this->expectExceptionMessage('private PusherAuth\Signer::__clone()');
        $copy = clone new Signer(self::CONFIG);
    }

    public function testThrowsAfterTheDestructor(): void
    {
        $signer = new Signer(self::CONFIG);
        $signer->__destruct();
        $signer->__destruct();
        $unconstructed = (new \ReflectionClass(Signer::class))->newInstanceWithoutConstructor();
        foreach ([$signer, $unconstructed] as $unusable) {
            foreach (
                [
                    static fn () => $unusable->authenticateUser(self::SOCKET_ID, ['id' => '1']),
                    static fn () => $unusable->authorizeChannel('private-a', self::SOCKET_ID),
                    static fn () => $unusable->requestUrl('GET', '/channels'),
                    static fn () => $unusable->terminateUserConnectionsUrl('a'),
                    static fn () => $unusable->triggerBody('a', 'b', ''),
                    static fn () => $unusable->triggerBatchBody([]),
                    static fn () => $unusable->encrypt('private-encrypted-a', ''),
                    static fn () => $unusable->decrypt('private-encrypted-a', ''),
                    static fn () => $unusable->verifyWebhook('k', 's', ''),
                    static fn () => $unusable->webhook('k', 's', '', null),
                ] as $call
            ) {
                self::assertSame(PusherException::NULL_ARGUMENT, self::codeOf($call));
            }
        }
    }

    public function testCannotBeConstructedTwice(): void
    {
        $signer = new Signer(self::CONFIG);
        $this->expectException(\LogicException::class);
        $signer->__construct(self::CONFIG);
    }

    /** At the end of a script, PHP destroys objects in any order. No freed signer may be used. */
    public function testDestructionInAnyOrder(): void
    {
        $script = <<<'PHP'
            require $argv[1];
            class Owner {
                public ?Owner $other = null;
                public function __construct(public PusherAuth\Signer $signer) {}
                public function __destruct() {
                    try {
                        $this->signer->authenticateUser('1.1', ['id' => '1']);
                        echo 'signed ';
                    } catch (PusherAuth\PusherException $e) {
                        echo 'rejected ';
                    }
                }
            }
            for ($i = 0; $i < 100; $i++) {
                $first = new Owner(new PusherAuth\Signer('{"key":"k","secret":"s"}'));
                $first->other = new Owner($first->signer);
                $first->other->other = $first;
                $all[] = $first;
            }
            PHP;
        $output = self::runScript($script);
        self::assertSame(200, \preg_match_all('/signed|rejected/', $output), $output);
    }

    /** Runs a script in a separate process, and returns its output. */
    private static function runScript(string $script): string
    {
        $command = [\PHP_BINARY, '-d', 'ffi.enable=1', '-r', $script, __DIR__ . '/../preload.php'];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        $output = \stream_get_contents($pipes[1]);
        self::assertSame('', \stream_get_contents($pipes[2]));
        self::assertSame(0, \proc_close($process));
        return $output;
    }

    /** Returns the code of the exception that a call must throw. */
    private static function codeOf(\Closure $call): int
    {
        try {
            $call();
        } catch (PusherException $e) {
            self::assertNotSame('', $e->getMessage());
            self::assertNoSecret($e->getMessage());
            return $e->getCode();
        }
        self::fail('nothing was rejected');
    }

    private static function assertNoSecret(string $text): void
    {
        self::assertStringNotContainsString(self::MARK, $text);
    }

    /** Compares the response with PHP's own HMAC and JSON. */
    private static function assertSigned(
        string $json,
        string $response,
        string $secret = self::SECRET
    ): void {
        $auth = self::KEY . ':' . \hash_hmac('sha256', self::SOCKET_ID . "::user::$json", $secret);
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE
            | \JSON_UNESCAPED_LINE_TERMINATORS;
        self::assertSame(\json_encode(['auth' => $auth, 'user_data' => $json], $flags), $response);
    }
}
