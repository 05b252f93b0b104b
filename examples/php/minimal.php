<?php

// The smallest endpoint that is right: POST /pusher/user-auth. It has no CORS headers and no JSONP, so that only pages
// of its own origin can read the answer; with those you need CSRF tokens too: endpoint/index.php has all. Run it with
// PUSHER_CONFIG: php -d ffi.enable=true -S 127.0.0.1:8000 minimal.php, which is PHP's own server, for trying it out.

use PusherAuth\PusherException;
use PusherAuth\Signer;

require_once __DIR__ . '/preload.php'; // in an application: vendor/autoload.php

/** Yours: the user of the request's session, null where nobody is signed in. */
function sessionUser(): ?array
{
    return ($_COOKIE['session'] ?? '') === 'demo' ? ['id' => '12345'] : null;
}

header('Content-Type: text/plain');
$isUserAuth = $_SERVER['REQUEST_METHOD'] === 'POST' && parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/pusher/user-auth';
$user = $isUserAuth ? sessionUser() : null;
$socketId = $_POST['socket_id'] ?? '';
if ($user === null || !is_string($socketId)) {
    http_response_code(403);
    exit('forbidden');
}
try {
    $response = (new Signer(getenv('PUSHER_CONFIG')))->authenticateUser($socketId, $user);
} catch (PusherException $e) {
    if ($e->getCode() !== PusherException::SOCKET_ID) {
        throw $e; // a mistake of yours, for the log
    }
    http_response_code(403);
    exit($e->getMessage());
}
header('Content-Type: application/json');
echo $response;
