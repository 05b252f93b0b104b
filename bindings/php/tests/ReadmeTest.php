<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;
use PusherAuth\Signer;

final class ReadmeTest extends TestCase
{
    private const ROOT = __DIR__ . '/..';

    /** Precedes the blocks that are not complete programs. */
    private const PRELUDE = <<<'PHP'
        <?php
        require 'vendor/autoload.php';
        use PusherAuth\Signer;
        $signer = new Signer([
            'appId' => '1',
            'key' => '278d425bdf160c739803',
            'secret' => '7ad3773142a6692b25b8',
            'cluster' => 'eu',
            'encryptionMasterKeyBase64' => 'OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=',
        ]);

        PHP;

    private static function readme(): string
    {
        return \file_get_contents(self::ROOT . '/README.md');
    }

    /** Returns each block of code with its output. */
    public static function blocks(): array
    {
        \preg_match_all(
            '/^```php\n(.*?)^```\n(?:\nprints[^\n]*\n\n```\n(.*?)```)?/ms',
            self::readme(),
            $blocks,
            \PREG_SET_ORDER
        );
        return \array_map(static fn (array $block) => \array_slice($block, 1), $blocks);
    }

    public function testFindsAllBlocks(): void
    {
        self::assertCount(4, self::blocks());
    }

    /** @dataProvider blocks */
    public function testBlocksPrintTheDocumentedOutput(string $code, string $printed): void
    {
        $program = \str_starts_with($code, '<?php') ? $code : self::PRELUDE . $code;
        $preload = \var_export(self::ROOT . '/preload.php', true);
        $autoload = "require 'vendor/autoload.php';";
        $program = \str_replace($autoload, "require $preload;", $program, $count);
        self::assertSame(1, $count);
        $isWebhook = \str_contains($code, 'getallheaders');
        $file = \tempnam(\sys_get_temp_dir(), 'readme');
        try {
            \file_put_contents($file, $program);
            $output = $isWebhook ? self::sendWebhook($file) : self::output($file);
        } finally {
            \unlink($file);
        }
        self::assertSame(\rtrim($printed), \rtrim($output));
    }

    private static function output(string $file): string
    {
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', $file];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        $output = \stream_get_contents($pipes[1]);
        self::assertSame(0, \proc_close($process), $output);
        return $output;
    }

    private static function sendWebhook(string $file): string
    {
        $body = \json_encode([
            'time_ms' => (int) (\microtime(true) * 1000),
            'events' => [['name' => 'channel_occupied', 'channel' => 'private-a']],
        ]);
        $server = new WebServer($file, ['-d', 'ffi.enable=true']);
        return $server->send('POST', '/', $body, [
            'Content-Type: application/json',
            'X-Pusher-Key: 278d425bdf160c739803',
            'X-Pusher-Signature: ' . \hash_hmac('sha256', $body, '7ad3773142a6692b25b8'),
        ])[1];
    }

    public function testTableHasAllMethods(): void
    {
        \preg_match_all('/^\| `(?:\$signer->|Signer::)(\w+)\((.*?)\)` \|/m', self::readme(), $rows);
        $parameters = \array_combine($rows[1], $rows[2]);
        $methods = [];
        $class = new \ReflectionClass(Signer::class);
        foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if (!\str_starts_with($method->name, '__') && $method->name !== 'jsonSerialize') {
                $names = \array_map(
                    static fn ($parameter) => "\${$parameter->name}",
                    $method->getParameters()
                );
                $methods[$method->name] = \implode(', ', $names);
            }
        }
        \ksort($methods);
        \ksort($parameters);
        self::assertSame($methods, $parameters);
    }

    public function testNamesTheCodesOfThePackage(): void
    {
        $constants = (new \ReflectionClass(PusherException::class))->getConstants();
        foreach ($constants as $name => $code) {
            if ($code >= 0) {
                self::assertStringContainsString("`$name`", self::readme());
            }
        }
    }
}
