<?php

/**
 * The authentication endpoint for pusher-js, under php-fpm and nginx. What needs no PHP is up to nginx.conf:
 * unknown paths, bodies that are too large, and the CORS and caching headers of every response.
 */

declare(strict_types=1);

use PusherAuth\PusherException;
use PusherAuth\Signer;

// Stand-ins for the application's own users.
const USERS = [
    'alice' => [
        'id' => 'alice',
        'user_info' => ['name' => 'Alice "Ally" Müller 🌍', 'address' => ['city' => 'Zürich']],
        'watchlist' => ['bob'],
    ],
    'bob' => [
        'id' => 'bob',
        'user_info' => ['name' => 'Bob', 'address' => ['city' => "O'Fallon"]],
        'watchlist' => ['alice'],
    ],
];

const SESSION = [
    'name' => 'session',
    'use_strict_mode' => true,
    'cookie_httponly' => true,
    'cookie_samesite' => 'Lax',
    'cache_limiter' => '',
];

match ($_SERVER['DOCUMENT_URI']) {
    '/login' => match ($_SERVER['REQUEST_METHOD']) {
        'POST' => login(),
        default => methodNotAllowed('POST'),
    },
    '/pusher/user-auth' => match ($_SERVER['REQUEST_METHOD']) {
        'GET', 'POST' => authenticate(),
        'OPTIONS' => preflight(),
        default => methodNotAllowed('GET, POST, OPTIONS'),
    },
    default => respond(404, 'text/plain', 'not found'),
};

/** Stand-in for the application's own login. */
function login(): never
{
    $user = USERS[parameter($_POST, 'user')] ?? refuse('unknown user');
    session_start(SESSION);
    session_regenerate_id(true); // somebody else may know the old one
    $_SESSION = ['user' => $user['id'], 'csrf_token' => bin2hex(random_bytes(32))];
    session_write_close();
    respond(200, 'application/json', json_encode(['id' => $user['id'], 'csrf_token' => $_SESSION['csrf_token']]));
}

function authenticate(): never
{
    // Who the user is comes from the session, never from the request's parameters.
    if (isset($_COOKIE['session'])) {
        session_start(SESSION + ['read_and_close' => true]); // so that a visitor's requests don't wait for each other
        header_remove('Set-Cookie'); // an id that is not known gets a new one, which is of no use here
    }
    $user = USERS[$_SESSION['user'] ?? ''] ?? refuse('not signed in');

    // Any site can include a script with the visitor's cookies, so JSONP needs the token no less than POST.
    $isJsonp = $_SERVER['REQUEST_METHOD'] === 'GET';
    $parameters = $isJsonp ? $_GET : body();
    $token = $_SERVER['HTTP_X_CSRF_TOKEN'] ?? parameter($parameters, 'csrf_token');
    if (!hash_equals($_SESSION['csrf_token'], $token)) {
        refuse('missing or wrong CSRF token');
    }

    try {
        $signer = new Signer(getenv('PUSHER_CONFIG'));
        $response = $signer->authenticateUser(parameter($parameters, 'socket_id'), $user);
        if (!$isJsonp) {
            respond(200, 'application/json', $response);
        }
        $script = Signer::jsonp(parameter($parameters, 'callback'), $response);
    } catch (PusherException $e) {
        if (in_array($e->getCode(), [PusherException::SOCKET_ID, PusherException::CALLBACK], true)) {
            refuse($e->getMessage());
        }
        error_log($e->getMessage());
        respond(500, 'text/plain', 'the server failed');
    }
    header('X-Content-Type-Options: nosniff');
    respond(200, 'application/javascript; charset=utf-8', $script); // else read in the page's own charset
}

/** The browser's question whether another origin's page may send the header X-CSRF-Token. */
function preflight(): never
{
    if ($_SERVER['ALLOWED_ORIGIN'] === '') {
        refuse('origin not allowed');
    }
    header('Access-Control-Allow-Methods: GET, POST');
    header('Access-Control-Allow-Headers: Content-Type, X-CSRF-Token');
    header('Access-Control-Max-Age: 600');
    respond(204, 'text/plain', '');
}

/** The parameters in a request's body: a form, as pusher-js sends it, or a JSON object. */
function body(): array
{
    [$type] = explode(';', $_SERVER['CONTENT_TYPE']);
    $body = match (strtolower(trim($type))) {
        'application/x-www-form-urlencoded' => $_POST,
        'application/json' => json_decode(file_get_contents('php://input'), true),
        default => null,
    };
    return is_array($body) ? $body : refuse('the body must be a form or a JSON object');
}

/** A parameter; an empty string, which is refused later on, where it is missing or not a string. */
function parameter(array $parameters, string $name): string
{
    $value = $parameters[$name] ?? '';
    return is_string($value) ? $value : '';
}

function refuse(string $reason): never
{
    respond(403, 'text/plain', $reason);
}

function methodNotAllowed(string $allow): never
{
    header("Allow: $allow");
    respond(405, 'text/plain', 'method not allowed');
}

function respond(int $status, string $type, string $body): never
{
    http_response_code($status);
    header("Content-Type: $type");
    exit($body);
}
