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
            $output = $isWebhook ? self::sendWebhook($file) : self::runProgram($file);
        } finally {
            \unlink($file);
        }
        self::assertSame(\rtrim($printed), \rtrim($output));
    }

    /** The commands add the package to a project. The paths for php.ini are those in the project. */
    public function testCommandsInstallThePackage(): void
    {
        \preg_match('/^```sh\n(composer .*?)^```/ms', self::readme(), $commands);
        \preg_match_all('~= /srv/app/(vendor/\S+)~', self::readme(), $paths);
        self::assertCount(2, $paths[1]);
        [[$example, $printed]] = self::blocks();
        $folder = \sys_get_temp_dir() . '/pusher_auth_' . \bin2hex(\random_bytes(8));
        \mkdir($folder);
        try {
            // The shell would split a path with spaces.
            \symlink(\realpath(self::ROOT . '/../..'), "$folder/repository");
            $commands = \str_replace('/path/to/pusher-auth', "$folder/repository", $commands[1]);
            $offline = '{"repositories":{"packagist.org":false}}';
            \file_put_contents("$folder/composer.json", $offline);
            \file_put_contents("$folder/example.php", $example);
            $environment = ['COMPOSER_HOME' => "$folder/home", 'COMPOSER_ALLOW_SUPERUSER' => '1'];
            self::outputOf(['sh', '-ec', $commands], $folder, $environment);
            foreach ($paths[1] as $path) {
                self::assertFileExists("$folder/$path");
            }
            $output = self::outputOf([\PHP_BINARY, 'example.php'], $folder);
            self::assertSame($printed, "$output\n");
        } finally {
            self::outputOf(['rm', '-r', $folder]);
        }
    }

    private static function runProgram(string $file): string
    {
        return self::outputOf([\PHP_BINARY, '-d', 'ffi.enable=true', $file]);
    }

    /** Runs a command, which must succeed, and returns its output. */
    private static function outputOf(
        array $command,
        ?string $folder = null,
        array $environment = []
    ): string {
        $pipes = [1 => ['pipe', 'w'], 2 => ['redirect', 1]];
        $process = \proc_open($command, $pipes, $pipes, $folder, $environment + \getenv());
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
