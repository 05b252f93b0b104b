<?php

/**
 * The full example endpoint in PHP, for php-fpm and nginx:
 *
 *   POST /pusher/user-auth  authenticates the user; GET does the same as JSONP
 *   POST /pusher/auth       authorizes the user's channels; GET does the same as JSONP
 *   POST /pusher/webhook    receives Pusher's webhooks
 *   POST /login             is a placeholder for your application's login
 *   GET  /health            reports that the server is up
 *
 * nginx.conf handles paths, methods, preflights, sizes of bodies, the log of rejections, and the
 * CORS, caching and content type headers of every response.
 */

declare(strict_types=1);

use PusherAuth\PusherException;
use PusherAuth\Signer;

/** A placeholder for your database. */
const USERS = [
    'alice' => [
        'user_info' => ['name' => 'Alice "Ally" Müller 🌍', 'address' => ['city' => 'Zürich']],
        'watchlist' => ['bob'],
    ],
    'bob' => [
        'user_info' => ['name' => 'Bob', 'address' => ['city' => "O'Fallon"]],
        'watchlist' => ['alice'],
    ],
];

const MAX_SESSIONS = 10000;
const SESSION_SECONDS = 3600;

try {
    match ($_SERVER['REQUEST_PATH']) {
        '/pusher/user-auth', '/pusher/auth' => sign(),
        '/pusher/webhook' => receiveWebhook(),
        '/login' => login(),
        '/health' => respond(200, 'text/plain', 'ok'),
    };
} catch (PusherException $e) {
    $status = match ($e->getCode()) {
        PusherException::PARAMETERS, PusherException::PARAMETER_MISSING => 400,
        PusherException::WEBHOOK_INVALID => 400,
        PusherException::WEBHOOK_KEY, PusherException::WEBHOOK_SIGNATURE => 401,
        PusherException::SOCKET_ID, PusherException::CALLBACK => 403,
        default => reject(500, 'internal error', $e->getMessage()),
    };
    reject($status, $e->getMessage());
}

function sign(): never
{
    $user = checkedSession()['user'];
    $isJsonp = $_SERVER['REQUEST_METHOD'] === 'GET';
    $callback = $isJsonp ? parameter('callback') : '';
    $socketId = parameter('socket_id');
    $response = $_SERVER['REQUEST_PATH'] === '/pusher/auth'
        ? authorize($user, $socketId, parameter('channel_name'))
        : signer()->authenticateUser($socketId, ['id' => $user] + USERS[$user]);
    if (!$isJsonp) {
        respond(200, 'application/json', $response);
    }
    respond(200, 'application/javascript; charset=utf-8', Signer::jsonp($callback, $response));
}

/** A placeholder for your application's decision which channels a user may subscribe to. */
function authorize(string $user, string $socketId, string $channel): string
{
    $member = match ($channel) {
        'presence-lobby' => ['user_id' => $user, 'user_info' => USERS[$user]['user_info']],
        'presence-signin' => null, // The members are the users who have signed in.
        "private-user-$user", 'private-encrypted-lobby' => null,
        default => reject(403, 'not allowed'),
    };
    return signer()->authorizeChannel($channel, $socketId, $member);
}

function receiveWebhook(): never
{
    $webhook = signer()->webhook(
        requestHeader('X_PUSHER_KEY'),
        requestHeader('X_PUSHER_SIGNATURE'),
        file_get_contents('php://input'),
        null // No limit of age. In production set one, such as 300 seconds.
    );
    foreach ($webhook->events as $event) {
        $logged = array_intersect_key($event, ['name' => 0, 'channel' => 0, 'user_id' => 0]);
        error_log('webhook ' . json_encode($logged, JSON_UNESCAPED_SLASHES | JSON_FORCE_OBJECT));
    }
    respond(200, 'text/plain', 'ok');
}

/** A placeholder for your login, which requires more than a name. */
function login(): never
{
    $user = parameter('user');
    if (!isset(USERS[$user])) {
        reject(403, 'unknown user');
    }
    $slot = apcu_inc('sessions') % MAX_SESSIONS; // This replaces the oldest session.
    $session = [
        'user' => $user,
        'id' => newToken($slot),
        'access_token' => newToken($slot),
        'csrf_token' => newToken($slot),
    ];
    apcu_store("session $slot", $session, SESSION_SECONDS);

    $attributes = 'Path=/; HttpOnly; ' . getenv('COOKIE_ATTRIBUTES');
    header("Set-Cookie: session={$session['id']}; $attributes");
    unset($session['user'], $session['id']);
    respond(200, 'application/json', json_encode(['id' => $user] + $session));
}

/** Returns the session's slot in 4 hex digits, followed by 60 random ones. */
function newToken(int $slot): string
{
    return sprintf('%04x', $slot) . bin2hex(random_bytes(30));
}

/** Returns the session whose 'id' or 'access_token' was sent, or null. */
function findSession(string $kind, string $token): ?array
{
    if (!preg_match('/^[0-9a-f]{64}$/D', $token)) {
        return null;
    }
    $session = apcu_fetch('session ' . hexdec(substr($token, 0, 4)));
    return $session && hash_equals($session[$kind], $token) ? $session : null;
}

/** Returns the session of the access token, otherwise of the cookie if the CSRF token is valid. */
function checkedSession(): array
{
    $authorization = requestHeader('AUTHORIZATION');
    $isBearer = preg_match('/^Bearer(?![^ \t]) ?(.*)/is', $authorization, $matches);
    if ($isBearer) {
        $session = findSession('access_token', $matches[1]);
    } else {
        $cookies = $_SERVER['HTTP_COOKIE'] ?? '';
        preg_match_all('/(?:^|;)[ \t]*session=([^;]*?)[ \t]*(?=;|$)/D', $cookies, $matches);
        $session = count($matches[1]) === 1 ? findSession('id', $matches[1][0]) : null;
    }
    if ($session === null) {
        reject(403, 'not signed in');
    }
    checkParameters();
    if (!$isBearer) {
        // Otherwise any site could have its own connection authenticated as the visitor.
        $token = isset($_SERVER['HTTP_X_CSRF_TOKEN'])
            ? requestHeader('X_CSRF_TOKEN')
            : parameter('csrf_token');
        if (!hash_equals($session['csrf_token'], $token)) {
            reject(403, 'missing or wrong CSRF token');
        }
    }
    return $session;
}

/** Rejects malformed parameters, whatever else is wrong with the request. */
function checkParameters(): void
{
    try {
        parameter('socket_id');
    } catch (PusherException $e) {
        $e->getCode() === PusherException::PARAMETER_MISSING || throw $e;
    }
}

/** Returns a parameter of the body, or of the query if the method is GET (JSONP). */
function parameter(string $name): string
{
    if ($_SERVER['REQUEST_METHOD'] === 'GET') {
        return Signer::requestParameter('', $_SERVER['QUERY_STRING'], $name);
    }
    $type = requestHeader('CONTENT_TYPE') ?: 'none'; // '' would mean a query string.
    return Signer::requestParameter($type, file_get_contents('php://input'), $name);
}

/**
 * Returns a header, or '' if it is missing. Joins two different values with a comma (RFC 9110):
 * nginx passes the first one as FIRST_…, and PHP takes the last one.
 */
function requestHeader(string $name): string
{
    $last = trim($_SERVER["HTTP_$name"] ?? '', " \t");
    $first = trim($_SERVER["FIRST_$name"], " \t");
    return $first === $last ? $last : "$first, $last";
}

function signer(): Signer
{
    return new Signer(getenv('PUSHER_APP'));
}

/** nginx logs the rejection and its reason. */
function reject(int $status, string $reason, ?string $logged = null): never
{
    header('X-Reason: ' . ($logged ?? $reason));
    respond($status, 'text/plain', $reason);
}

function respond(int $status, string $type, string $body): never
{
    http_response_code($status);
    header("Content-Type: $type");
    exit($body);
}
