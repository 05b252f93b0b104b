<?php

/**
 * A request to Pusher's REST API, with PHP's curl: an event for a user, the end of their connections.
 *
 *   php request.php POST /events '{"name":"news","channels":["#server-to-user-alice"],"data":"{}"}'
 *   php request.php POST /users/alice/terminate_connections '{}'
 *   php request.php GET /channels
 *
 * PUSHER_CONFIG is {"appId":"…","key":"…","secret":"…","cluster":"…"}. Prints the answer.
 */

declare(strict_types=1);

use PusherAuth\Signer;

require_once __DIR__ . '/preload.php'; // in an application: vendor/autoload.php

/** The ten lines: signs the request for now, and sends it. */
function request(Signer $signer, string $method, string $path, string $body): string
{
    $curl = curl_init($signer->signRequest($method, $path, [], $body));
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        CURLOPT_FAILONERROR => true,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ] + ($body === '' ? [] : [CURLOPT_POSTFIELDS => $body]));
    $answer = curl_exec($curl);
    return $answer === false ? throw new RuntimeException(curl_error($curl)) : $answer;
}

if ($argc < 3) {
    fwrite(STDERR, "usage: php request.php METHOD PATH [BODY]\n");
    exit(2);
}
try {
    echo request(new Signer((string) getenv('PUSHER_CONFIG')), $argv[1], $argv[2], $argv[3] ?? '');
} catch (Exception $e) {
    fwrite(STDERR, "{$e->getMessage()}\n");
    exit(1);
}
