<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;

/** How the package agrees with the C header, and what it does where PHP limits FFI. */
final class LibraryTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/..';
    private const SIGNED = '{"auth":"a:';

    public function testHasTheErrorCodesOfTheHeader(): void
    {
        \preg_match_all('/\bPUSHER_ERROR_(\w+) = (-\d+)/', self::header(), $matches);
        $codes = \array_map('intval', \array_combine($matches[1], $matches[2]));
        self::assertSame(-1, $codes['NULL_ARGUMENT']);

        $constants = (new \ReflectionClass(PusherException::class))->getConstants();
        self::assertSame(['LIBRARY_UNAVAILABLE' => 0] + $codes, $constants);
    }

    public function testDeclaresFunctionsAsTheHeaderDoes(): void
    {
        $declared = self::prototypes(\file_get_contents(self::PACKAGE . '/pusher_auth.ffi.h'));
        self::assertContains('void pusher_signer_free(pusher_signer *signer);', $declared);
        self::assertSame([], \array_values(\array_diff($declared, self::prototypes(self::header()))));
    }

    public function testWorksOnTheCommandLine(): void
    {
        self::assertStringStartsWith(self::SIGNED, self::commandLine(['-d', 'ffi.enable=preload']));
    }

    public function testSaysThatTheExtensionIsMissing(): void
    {
        self::assertMatchesRegularExpression('/^0 .*set extension=ffi in php\.ini/', self::commandLine(['-n'])); // no php.ini
    }

    public function testSaysThatFfiIsOff(): void
    {
        self::assertMatchesRegularExpression('/^0 .*set ffi\.enable=preload in php\.ini/', self::commandLine(['-d', 'ffi.enable=0']));
    }

    public function testSaysThatTheLibraryIsMissing(): void
    {
        $folder = self::temporary();
        \mkdir($folder);
        \touch("$folder/libpusher_auth.so.0"); // no library, and found before an installed one
        try {
            $output = self::commandLine([], ['LD_LIBRARY_PATH' => $folder]);
        } finally {
            \unlink("$folder/libpusher_auth.so.0");
            \rmdir($folder);
        }
        self::assertMatchesRegularExpression('/^0 .*libpusher_auth\.so\.0.*: install it/', $output);
    }

    public function testSaysHowToPreloadInAWebServer(): void
    {
        $output = self::webServer(['-d', 'ffi.enable=preload']);
        self::assertStringStartsWith('0 ', $output);
        self::assertMatchesRegularExpression('/ ffi\.preload=(\S+)/', $output);
        self::assertMatchesRegularExpression('/ opcache\.preload=(\S+)/', $output);
    }

    /** With the very settings that the message asks for. */
    public function testWorksPreloadedInAWebServer(): void
    {
        \preg_match_all('/ ((?:ffi|opcache)\.preload=\S+)/', self::webServer(['-d', 'ffi.enable=preload']), $settings);
        self::assertCount(2, $settings[1]);
        $user = \posix_getpwuid(\posix_geteuid())['name'];
        $options = ['-d', 'ffi.enable=preload', '-d', 'opcache.enable=1', '-d', "opcache.preload_user=$user"];
        foreach ($settings[1] as $setting) {
            \array_push($options, '-d', $setting);
        }
        self::assertStringStartsWith(self::SIGNED, self::webServer($options));
    }

    private static function header(): string
    {
        return \file_get_contents(__DIR__ . '/../../../include/pusher_auth.h');
    }

    /** The functions that C source declares, in a uniform spelling. */
    private static function prototypes(string $source): array
    {
        $source = \preg_replace(['~/\*.*?\*/~s', '~//.*~', '/\b(struct|PUSHER_API|PUSHER_MUST_USE)\b/'], '', $source);
        $source = \preg_replace(['/\s+/', '/ ?\( ?/', '/ ?\* ?/'], [' ', '(', ' *'], $source);
        \preg_match_all('/(?:const )?\w+ \*?pusher_\w+\([^()]+\);/', $source, $matches);
        return $matches[0];
    }

    /** A program that prints a signed response, or the error's code and message. */
    private static function program(): string
    {
        return \sprintf(<<<'PHP'
            class_exists(PusherAuth\Signer::class) || require %s;
            try {
                echo (new PusherAuth\Signer(['key' => 'a', 'secret' => 'b']))->authenticateUser('1.1', ['id' => '1']);
            } catch (PusherAuth\PusherException $e) {
                echo $e->getCode(), ' ', $e->getMessage();
            }
            PHP, \var_export(\realpath(self::PACKAGE . '/preload.php'), true));
    }

    private static function commandLine(array $options, array $environment = []): string
    {
        $process = \proc_open(
            [\PHP_BINARY, ...$options, '-r', self::program()],
            [1 => ['pipe', 'w']],
            $pipes,
            null,
            $environment + \getenv()
        );
        $output = \stream_get_contents($pipes[1]);
        self::assertSame(0, \proc_close($process));
        return $output;
    }

    /** Runs the program in PHP's own web server, where FFI is limited as it is under php-fpm. */
    private static function webServer(array $options): string
    {
        $script = self::temporary();
        \file_put_contents($script, '<?php ' . self::program());
        $process = \proc_open([\PHP_BINARY, ...$options, '-S', '127.0.0.1:0', $script], [2 => ['pipe', 'w']], $pipes);
        try {
            do {
                $line = \fgets($pipes[2]);
                self::assertIsString($line, 'the web server has not started');
            } while (!\preg_match('~\((http://127\.0\.0\.1:\d+)\) started~', $line, $matches));
            return \file_get_contents($matches[1]);
        } finally {
            \proc_terminate($process);
            \proc_close($process);
            \unlink($script);
        }
    }

    private static function temporary(): string
    {
        return \sys_get_temp_dir() . '/pusher_auth_' . \bin2hex(\random_bytes(8));
    }
}
