<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

/** PHP's built-in web server with one script, on a free port of 127.0.0.1. */
final class WebServer
{
    /** The origin, such as http://127.0.0.1:12345 */
    public readonly string $origin;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    public function __construct(string $script, array $options = [], array $environment = [])
    {
        $command = [\PHP_BINARY, ...$options, '-S', '127.0.0.1:0', $script];
        $environment += \getenv();
        $stderr = [2 => ['pipe', 'w']];
        $this->process = \proc_open($command, $stderr, $this->pipes, null, $environment);
        do {
            $line = \fgets($this->pipes[2]);
            if ($line === false) {
                throw new \RuntimeException('the web server has not started');
            }
        } while (!\preg_match('~\((http://127\.0\.0\.1:\d+)\) started~', $line, $matches));
        $this->origin = $matches[1];
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
    }

    /** @return array{int, string} the status and the body of the response */
    public function send(
        string $method,
        string $path,
        string $body = '',
        array $headers = []
    ): array {
        $context = \stream_context_create(['http' => [
            'method' => $method,
            'header' => $headers,
            'content' => $body,
            'ignore_errors' => true,
        ]]);
        $response = \file_get_contents($this->origin . $path, false, $context);
        return [(int) \explode(' ', $http_response_header[0])[1], $response];
    }
}
