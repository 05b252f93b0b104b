<?php

/**
 * The endpoints that Pusher Channels asks of a server, under php-fpm and nginx:
 *
 *   /pusher/user-auth  signs the user in
 *   /pusher/auth       lets the user into channels
 *   /pusher/webhook    hears from Pusher what happens there
 *   /login             stands for your application's own
 *
 * What needs no PHP is up to nginx.conf: paths and methods, preflights, bodies that are too large, and the CORS and
 * caching headers of every response.
 */

declare(strict_types=1);

use PusherAuth\PusherException;
use PusherAuth\Signer;

// Yours come from a database.
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
const MAX_DEPTH = 2048;

match ($_SERVER['REQUEST_PATH']) {
    '/login' => login(),
    '/pusher/webhook' => webhook(),
    default => sign(),
};

/** Asks for more than a name in your application. */
function login(): never
{
    $user = parameter(body(), 'user');
    if (!isset(USERS[$user])) {
        refuse('unknown user');
    }
    $place = apcu_inc('sessions') % MAX_SESSIONS; // the oldest gives way
    $session = ['user' => $user, 'id' => token($place), 'access_token' => token($place), 'csrf_token' => token($place)];
    apcu_store("session $place", $session, SESSION_SECONDS);

    header("Set-Cookie: session={$session['id']}; Path=/; HttpOnly; " . getenv('COOKIE_ATTRIBUTES'));
    unset($session['user'], $session['id']);
    respond(200, 'application/json', json_encode(['id' => $user] + $session));
}

/** Begins with its session's place; the other 60 digits are random. */
function token(int $place): string
{
    return sprintf('%04x', $place) . bin2hex(random_bytes(30));
}

/** The session of which $given is the 'id' or the 'access_token'. */
function session(string $token, string $given): ?array
{
    $session = preg_match('/^[0-9a-f]{64}$/D', $given) ? apcu_fetch('session ' . hexdec(substr($given, 0, 4))) : false;
    return $session && hash_equals($session[$token], $given) ? $session : null;
}

/** Of the cookie, or of an access token where there is one: no browser sends that unless the page has it do so. */
function currentSession(bool $isBearer): ?array
{
    if (!isOnce('AUTHORIZATION')) {
        return null;
    }
    if ($isBearer) {
        return session('access_token', trim(substr(requestHeader('AUTHORIZATION'), strlen('Bearer')), ' '));
    }
    preg_match_all('/(?:^|;)[ \t]*session=([^;]*?)[ \t]*(?=;|$)/D', $_SERVER['HTTP_COOKIE'] ?? '', $cookies);
    return count($cookies[1]) === 1 ? session('id', $cookies[1][0]) : null;
}

function sign(): never
{
    $isBearer = (bool) preg_match('/^Bearer(?: |$)/iD', requestHeader('AUTHORIZATION'));
    $session = currentSession($isBearer) ?? refuse('not signed in');

    $isJsonp = $_SERVER['REQUEST_METHOD'] === 'GET';
    $parameters = ($isJsonp ? form($_SERVER['QUERY_STRING']) : body())
        ?? refuse('the parameters must be a form or a JSON object, each given once');

    // Without this, any site could have its own socket signed in as the visitor.
    $token = isset($_SERVER['HTTP_X_CSRF_TOKEN']) ? requestHeader('X_CSRF_TOKEN') : parameter($parameters, 'csrf_token');
    if (!$isBearer && !(isOnce('X_CSRF_TOKEN') && hash_equals($session['csrf_token'], $token))) {
        refuse('missing or wrong CSRF token');
    }

    try {
        $signer = new Signer(getenv('PUSHER_CONFIG'));
        $response = $_SERVER['REQUEST_PATH'] === '/pusher/auth'
            ? authorize($signer, $session['user'], $parameters)
            : $signer->authenticateUser(parameter($parameters, 'socket_id'), ['id' => $session['user']] + USERS[$session['user']]);
        if (!$isJsonp) {
            respond(200, 'application/json', $response);
        }
        $script = Signer::jsonp(parameter($parameters, 'callback'), $response);
    } catch (PusherException $e) {
        if (in_array($e->getCode(), [PusherException::SOCKET_ID, PusherException::CALLBACK, PusherException::CHANNEL], true)) {
            refuse($e->getMessage());
        }
        error_log($e->getMessage());
        respond(500, 'text/plain', 'internal error');
    }
    header('X-Content-Type-Options: nosniff');
    respond(200, 'application/javascript; charset=utf-8', $script); // else read in the page's own charset
}

/** Who may join which channel, and as whom, is your application's to say. */
function authorize(Signer $signer, string $user, array $parameters): string
{
    $channel = parameter($parameters, 'channel_name');
    $member = match ($channel) {
        'presence-lobby' => ['user_id' => $user, 'user_info' => USERS[$user]['user_info']],
        'presence-signin' => null, // whose members are who they signed in as
        "private-user-$user", 'private-encrypted-lobby' => null,
        default => refuse('not allowed to join this channel'),
    };
    return $signer->authorizeChannel(parameter($parameters, 'socket_id'), $channel, $member);
}

function webhook(): never
{
    $body = file_get_contents('php://input');
    try {
        (new Signer(getenv('PUSHER_CONFIG')))
            ->verifyWebhook(requestHeader('X_PUSHER_KEY'), requestHeader('X_PUSHER_SIGNATURE'), $body);
    } catch (PusherException) {
        respond(401, 'text/plain', "not Pusher's");
    }
    $events = json($body) === null ? null : json_decode($body, false, MAX_DEPTH)->events ?? null; // {} is no list
    if (!is_array($events)) {
        respond(400, 'text/plain', 'not a webhook');
    }
    foreach ($events as $event) {
        $told = array_intersect_key((array) $event, ['name' => 0, 'channel' => 0]);
        file_put_contents('php://stdout', 'webhook ' . json_encode($told, JSON_UNESCAPED_SLASHES | JSON_FORCE_OBJECT) . "\n");
    }
    respond(200, 'text/plain', 'ok');
}

/** The parameters in a request's body: a form, as pusher-js sends it, or a JSON object. */
function body(): ?array
{
    [$type] = explode(';', $_SERVER['CONTENT_TYPE']);
    return match (isOnce('CONTENT_TYPE') ? strtolower(trim($type)) : '') {
        'application/x-www-form-urlencoded' => form(file_get_contents('php://input')),
        'application/json' => json(file_get_contents('php://input')),
        default => null,
    };
}

/** Unlike $_GET and $_POST, which change names, end them at a NUL, and take the last of two: null there. */
function form(string $form): ?array
{
    $parameters = [];
    foreach (explode('&', $form) as $pair) {
        [$name, $value] = array_map(urldecode(...), explode('=', $pair, 2)) + ['', ''];
        if ($pair !== '' && isset($parameters[$name])) {
            return null;
        }
        $parameters[$name] = $value;
    }
    return $parameters;
}

/** An object's members; null for what parsers read in different ways, such as two members of one name. */
function json(string $json): ?array
{
    $value = json_decode($json, true, MAX_DEPTH);
    if (!is_array($value) || !str_starts_with(ltrim($json), '{')) {
        return null;
    }
    $names = [];
    preg_match_all('/"(?:[^"\\\\]|\\\\.)*+"(\s*+:)?|[{}]|-?\d[\d.eE+-]*+/s', $json, $tokens, PREG_SET_ORDER);
    foreach ($tokens as $token) {
        $name = isset($token[1]) ? json_decode(rtrim($token[0], ": \t\r\n")) : null;
        $isTwice = $name !== null && isset($names[count($names) - 1][$name]);
        if ($isTwice || str_contains($name ?? '', "\0") || is_numeric($token[0]) && is_infinite((float) $token[0])) {
            return null;
        }
        match (true) {
            $name !== null => $names[count($names) - 1][$name] = true,
            $token[0] === '{' => $names[] = [],
            $token[0] === '}' => array_pop($names),
            default => null,
        };
    }
    return $value;
}

/** A parameter; an empty string, which is refused later on, where it is missing or not a string. */
function parameter(?array $parameters, string $name): string
{
    $value = $parameters[$name] ?? '';
    return is_string($value) ? $value : '';
}

/** A header; an empty string where it is missing. nginx leaves a tab at its end. */
function requestHeader(string $name): string
{
    return trim($_SERVER["HTTP_$name"] ?? '', " \t");
}

/** Whether a header is not there twice with two values: nginx passes the first as FIRST_…, and PHP takes the last. */
function isOnce(string $header): bool
{
    return ($_SERVER["HTTP_$header"] ?? '') === $_SERVER["FIRST_$header"];
}

function refuse(string $reason): never
{
    respond(403, 'text/plain', $reason);
}

function respond(int $status, string $type, string $body): never
{
    http_response_code($status);
    header("Content-Type: $type");
    exit($body);
}
