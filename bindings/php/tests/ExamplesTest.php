<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;

/** Tests the programs in examples/php. For the full endpoint, see tests/endpoints. */
final class ExamplesTest extends TestCase
{
    private const EXAMPLES = __DIR__ . '/../../../examples/php';
    private const FORM = ['Content-Type: application/x-www-form-urlencoded'];
    private const SESSION = ['Cookie: session=demo', ...self::FORM];

    public function testMinimalEndpointAuthenticatesTheUserOfTheSession(): void
    {
        $server = self::minimalEndpoint();
        $expected = [200, '{"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31ee'
            . 'bde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}'];
        $form = 'socket_id=1234.1234';
        $path = '/pusher/user-auth';
        self::assertSame($expected, $server->send('POST', $path, $form, self::SESSION));
        $json = ['Cookie: session=demo', 'Content-Type: application/json'];
        $body = '{"socket_id":"1234.1234"}';
        self::assertSame($expected, $server->send('POST', "$path?a=b", $body, $json));
    }

    public static function rejectedRequests(): array
    {
        $good = 'socket_id=1234.1234';
        $path = '/pusher/user-auth';
        $noType = ['Cookie: session=demo', 'Content-Type:'];
        return [
            'no session' => [403, 'POST', $path, $good, self::FORM],
            'no body' => [400, 'POST', $path, '', self::SESSION],
            'duplicate parameter' => [400, 'POST', $path, "$good&$good", self::SESSION],
            'parameter as an array' => [400, 'POST', $path, 'socket_id[]=1.1', self::SESSION],
            'malformed socket id' => [403, 'POST', $path, 'socket_id=1.1:x', self::SESSION],
            'no content type' => [400, 'POST', $path, $good, $noType],
            'parameter in the query' => [400, 'POST', "$path?$good", '', self::SESSION],
            'another method' => [405, 'GET', "$path?$good", '', self::SESSION],
            'another path' => [404, 'POST', "{$path}x", $good, self::SESSION],
        ];
    }

    /** @dataProvider rejectedRequests */
    public function testMinimalEndpointRejects(int $status, mixed ...$request): void
    {
        [$received, $reason] = self::minimalEndpoint()->send(...$request);
        self::assertSame($status, $received, $reason);
        self::assertNotSame('', $reason);
        self::assertStringNotContainsString('auth"', $reason);
    }

    private static ?WebServer $minimalEndpoint = null;

    private static function minimalEndpoint(): WebServer
    {
        $config = '{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}';
        return self::$minimalEndpoint ??= new WebServer(
            self::EXAMPLES . '/minimal.php',
            ['-d', 'ffi.enable=true'],
            ['PUSHER_CONFIG' => $config, 'PUSHER_URL' => '']
        );
    }

    public static function tearDownAfterClass(): void
    {
        self::$minimalEndpoint = null;
    }

    public static function commands(): array
    {
        $event = '{"name":"news","data":"{\"a\":1}","channel":';
        return [
            'trigger' => [
                ['trigger', 'a', 'news', '{"a":1}'],
                'POST /apps/1/events',
                "$event\"a\"}",
            ],
            'send' => [
                ['send', 'alice', 'news', '{"a":1}'],
                'POST /apps/1/events',
                "$event\"#server-to-user-alice\"}",
            ],
            'terminate' => [
                ['terminate', 'auth0|abc 123'],
                'POST /apps/1/users/auth0%7Cabc%20123/terminate_connections',
                '{}',
            ],
            'request' => [['GET', '/channels'], 'GET /apps/1/channels', ''],
            'request with an empty body' => [['GET', '/channels', ''], 'GET /apps/1/channels', ''],
            'request with a body' => [['POST', '/events', '{}'], 'POST /apps/1/events', '{}'],
        ];
    }

    /** @dataProvider commands */
    public function testRequestPrintsTheResponse(array $arguments, string $line, string $body): void
    {
        $api = self::api(200);
        [$status, $output, $errors] = self::request("{$api->origin}/apps/1", $arguments);
        self::assertSame([0, "200\n$line $body\n", ''], [$status, $output, $errors]);
    }

    public function testRequestPrintsStatusAndReasonOfAnError(): void
    {
        $api = self::api(401);
        [$status, $output, $errors] = self::request("{$api->origin}/apps/1", ['GET', '/channels']);
        self::assertSame([1, "401\nGET /apps/1/channels \n", ''], [$status, $output, $errors]);
    }

    public function testRequestReportsErrors(): void
    {
        $nobody = 'http://127.0.0.1:9/apps/1';
        [$status, $output, $errors] = self::request($nobody, ['GET', '/channels']);
        self::assertSame([1, ''], [$status, $output]);
        self::assertStringContainsString('connect', $errors);
        [$status, $output, $errors] = self::request($nobody, ['get', '/channels']);
        self::assertSame([1, ''], [$status, $output]);
        self::assertStringContainsString('method', $errors);
        foreach (['', 'GET', 'trigger a b', 'terminate a b', 'POST /events {} x'] as $wrong) {
            $arguments = \array_filter(\explode(' ', $wrong));
            [$status, $output, $errors] = self::request($nobody, $arguments);
            self::assertSame([2, ''], [$status, $output]);
            self::assertStringStartsWith('usage: ', $errors);
        }
    }

    /** Starts a server that responds with the request that it received. */
    private static function api(int $status): WebServer
    {
        $script = \tempnam(\sys_get_temp_dir(), 'api');
        \file_put_contents($script, <<<PHP
            <?php
            http_response_code($status);
            [\$path] = explode('?', \$_SERVER['REQUEST_URI']);
            echo \$_SERVER['REQUEST_METHOD'], ' ', \$path, ' ', file_get_contents('php://input');
            PHP);
        try {
            return new WebServer($script);
        } finally {
            \register_shutdown_function('unlink', $script);
        }
    }

    /** @return array{int, string, string} the exit status, the output, and the errors */
    private static function request(string $api, array $arguments): array
    {
        $url = \str_replace('://', '://key:secret@', $api);
        $process = \proc_open(
            [\PHP_BINARY, self::EXAMPLES . '/request.php', ...$arguments],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            null,
            ['PUSHER_URL' => $url] + \getenv()
        );
        $output = \array_map('stream_get_contents', $pipes);
        return [\proc_close($process), ...$output];
    }
}
