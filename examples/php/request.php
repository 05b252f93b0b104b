<?php

/**
 * Sends requests to Pusher's REST API, with PHP's extension curl:
 *
 *   php request.php trigger CHANNEL EVENT DATA
 *   php request.php send USER_ID EVENT DATA
 *   php request.php terminate USER_ID
 *   php request.php METHOD PATH [BODY]
 *
 * PUSHER_URL or PUSHER_CONFIG describes the app, including its id. The program prints the HTTP
 * status and the body of the response. The exit status is 1 if the HTTP status is not 2xx.
 */

declare(strict_types=1);

use PusherAuth\PusherException;
use PusherAuth\Signer;

require_once __DIR__ . '/../../bindings/php/preload.php'; // in an application: vendor/autoload.php

/**
 * Sends a request to a URL from requestUrl() or terminateUserConnectionsUrl().
 *
 * @return array{int, string} the status and the body of the response
 */
function sendRequest(string $method, string $url, string $body = ''): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ] + ($body === '' ? [] : [CURLOPT_POSTFIELDS => $body]));
    $response = curl_exec($curl);
    if ($response === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $response];
}

/** Signs a request with the current time, and sends it. */
function request(Signer $signer, string $method, string $path, string $body = ''): array
{
    return sendRequest($method, $signer->requestUrl($method, $path, [], $body), $body);
}

/** Runs one command of the command line. */
function run(Signer $signer, string $command, string $first, string ...$more): array
{
    return match ($command) {
        'trigger' => request($signer, 'POST', '/events', $signer->triggerBody($first, ...$more)),
        'send' => request($signer, 'POST', '/events', $signer->sendToUserBody($first, ...$more)),
        'terminate' => sendRequest('POST', $signer->terminateUserConnectionsUrl($first), '{}'),
        default => request($signer, $command, $first, ...$more),
    };
}

$counts = ['trigger' => [4, 4], 'send' => [4, 4], 'terminate' => [2, 2]];
[$least, $most] = $counts[$argv[1] ?? ''] ?? [2, 3];
if ($argc - 1 < $least || $argc - 1 > $most) {
    fwrite(STDERR, "usage: php request.php trigger CHANNEL EVENT DATA | send USER_ID EVENT DATA"
        . " | terminate USER_ID | METHOD PATH [BODY]\n");
    exit(2);
}
try {
    $signer = new Signer(getenv('PUSHER_URL') ?: (string) getenv('PUSHER_CONFIG'));
    [$status, $body] = run($signer, ...array_slice($argv, 1));
} catch (PusherException | RuntimeException $e) {
    fwrite(STDERR, "{$e->getMessage()}\n");
    exit(1);
}
echo "$status\n$body\n";
exit(intdiv($status, 100) === 2 ? 0 : 1);
