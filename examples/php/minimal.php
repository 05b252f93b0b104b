<?php

/**
 * The minimal endpoint: POST /pusher/user-auth. It has no CORS headers and no JSONP, so only pages
 * of its own origin can read the response. To allow others, you need CSRF tokens too: see
 * endpoint/index.php.
 *
 * To try it, set PUSHER_CONFIG or PUSHER_URL and start PHP's built-in server:
 * php -d ffi.enable=true -S 127.0.0.1:8000 minimal.php
 */

declare(strict_types=1);

use PusherAuth\PusherException;
use PusherAuth\Signer;

require_once __DIR__ . '/../../bindings/php/preload.php'; // in an application: vendor/autoload.php

const MAX_BODY = 8192;

/** A placeholder. Returns the user of the request's session, or null if nobody is logged in. */
function sessionUser(): ?array
{
    return ($_COOKIE['session'] ?? '') === 'demo' ? ['id' => '12345'] : null;
}

function respond(int $status, string $type, string $body): never
{
    http_response_code($status);
    header("Content-Type: $type");
    header('X-Content-Type-Options: nosniff');
    exit($body);
}

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/pusher/user-auth') {
    respond(404, 'text/plain', 'not found');
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    header('Allow: POST');
    respond(405, 'text/plain', 'method not allowed');
}
$user = sessionUser() ?? respond(403, 'text/plain', 'not signed in');
$body = file_get_contents('php://input', length: MAX_BODY + 1);
if (strlen($body) > MAX_BODY) {
    respond(413, 'text/plain', 'body too large');
}
try {
    $signer = new Signer(getenv('PUSHER_URL') ?: (string) getenv('PUSHER_CONFIG'));
    $type = ($_SERVER['CONTENT_TYPE'] ?? '') ?: 'none'; // '' would mean a query string.
    $socketId = Signer::requestParameter($type, $body, 'socket_id');
    respond(200, 'application/json', $signer->authenticateUser($socketId, $user));
} catch (PusherException $e) {
    $status = match ($e->getCode()) {
        PusherException::PARAMETERS, PusherException::PARAMETER_MISSING => 400,
        PusherException::SOCKET_ID => 403,
        default => throw $e, // an error of the server: PHP logs it
    };
    respond($status, 'text/plain', $e->getMessage());
}
