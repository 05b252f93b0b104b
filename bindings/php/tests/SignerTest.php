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
        self::assertNoSecret(\ob_get_clean() . \print_r($signer, true) . \var_export($signer, true) . \json_encode($signer));
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
