<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;
use PusherAuth\Signer;

/** Compares the package with the known answers in tests/vectors/calls.json. */
final class VectorsTest extends TestCase
{
    public static function calls(): array
    {
        $file = \file_get_contents(__DIR__ . '/../../../tests/vectors/calls.json');
        $calls = \json_decode($file, true, flags: \JSON_THROW_ON_ERROR)['calls'];
        return \array_map(static fn (array $call) => [$call], $calls);
    }

    /** @dataProvider calls */
    public function testReturnsTheKnownAnswer(array $vector): void
    {
        try {
            $config = $vector['config'] ?? '';
            $result = self::call($vector['call'], $config, $vector['arguments']) ?? 0;
        } catch (PusherException $e) {
            $result = $e->getCode();
        }
        self::assertSame($vector['result'] ?? $vector['code'], $result, $vector['source']);
    }

    private static function call(string $call, string $config, array $arguments): ?string
    {
        if ($call === 'request_parameter') {
            return Signer::requestParameter(...\array_values($arguments));
        }
        if ($call === 'jsonp') {
            return Signer::jsonp(...\array_values($arguments));
        }
        $signer = new Signer($config);
        switch ($call) {
            case 'signer_new':
                return null;
            case 'authenticate_user':
                return $signer->authenticateUser($arguments['socket_id'], $arguments['user_json']);
            case 'authorize_channel':
                [$socketId, $channel, $data] = \array_values($arguments);
                return $signer->authorizeChannel($channel, $socketId, $data === '' ? null : $data);
            case 'verify_webhook':
                $signer->verifyWebhook(...\array_values($arguments));
                return null;
            case 'request_url':
                $query = [];
                foreach (\array_filter(\explode('&', $arguments['query'])) as $pair) {
                    [$name, $value] = \explode('=', $pair, 2);
                    $query[$name] = $value;
                }
                return $signer->requestUrl(
                    $arguments['method'],
                    $arguments['path'],
                    $query,
                    $arguments['body'],
                    $arguments['timestamp']
                );
            case 'terminate_user_url':
                return $signer->terminateUserConnectionsUrl(...\array_values($arguments));
            case 'event_body':
                $params = ['socket_id' => $arguments['socket_id']];
                ['channel' => $channel, 'name' => $name, 'data' => $data] = $arguments;
                return $signer->triggerBody($channel, $name, $data, $params);
            case 'events_body':
                $events = \json_decode($arguments['events_json'], true);
                if (isset($events['batch'])) {
                    return $signer->triggerBatchBody($events['batch']);
                }
                ['channels' => $channels, 'name' => $name, 'data' => $data] = $events;
                unset($events['channels'], $events['name'], $events['data']);
                return $signer->triggerBody($channels, $name, $data, $events);
            case 'encrypt':
                return $signer->encrypt(...\array_values($arguments));
            case 'decrypt':
                return $signer->decrypt(...\array_values($arguments));
        }
        self::fail("unknown call: $call");
    }
}
