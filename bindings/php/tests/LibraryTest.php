<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\Library;

/** Tests how the package loads the library, and the errors if it cannot. */
final class LibraryTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/..';
    private const SIGNED = '{"auth":"a:';

    public function testCallsEveryFunctionOfTheHeader(): void
    {
        $declarations = \file_get_contents(self::PACKAGE . '/pusher_auth.ffi.h');
        \preg_match_all('/\b(pusher_\w+)\(/', $declarations, $matches);
        $code = \implode('', \array_map('file_get_contents', \glob(self::PACKAGE . '/src/*.php')));
        $isCalled = static fn (string $name) => \preg_match("/['>]{$name}['(]/", $code) === 1;
        $uncalled = \array_filter($matches[1], static fn ($name) => !$isCalled($name));
        \sort($uncalled);
        // pusher_authenticate_user is a Signer for one call. pusher_response_bound is its bound.
        self::assertSame([
            'pusher_authenticate_user',
            'pusher_error_name',
            'pusher_response_bound',
            'pusher_version',
        ], $uncalled);
    }

    public function testLibraryHasTheVersionOfThePackage(): void
    {
        $manifest = \file_get_contents(self::PACKAGE . '/../../Cargo.toml');
        \preg_match('/^version = "(.*)"/m', $manifest, $matches);
        self::assertSame($matches[1], Library::ffi()->pusher_version());
    }

    public function testWorksOnTheCommandLine(): void
    {
        self::assertStringStartsWith(self::SIGNED, self::commandLine(['-d', 'ffi.enable=preload']));
    }

    public function testReportsThatTheExtensionIsMissing(): void
    {
        $output = self::commandLine(['-n']); // no php.ini
        self::assertMatchesRegularExpression('/^0 .*set extension=ffi in php\.ini/', $output);
    }

    public function testReportsThatFfiIsDisabled(): void
    {
        $output = self::commandLine(['-d', 'ffi.enable=0']);
        self::assertMatchesRegularExpression('/^0 .*set ffi\.enable=preload in php\.ini/', $output);
    }

    public function testReportsThatTheLibraryIsMissing(): void
    {
        $folder = self::temporary();
        \mkdir($folder);
        \touch("$folder/libpusher_auth.so.1"); // This file is found first.
        try {
            $output = self::commandLine([], ['LD_LIBRARY_PATH' => $folder]);
        } finally {
            \unlink("$folder/libpusher_auth.so.1");
            \rmdir($folder);
        }
        self::assertMatchesRegularExpression('/^0 .*libpusher_auth\.so\.1.*: install it/', $output);
    }

    public function testNamesTheSettingForPhpsWebServer(): void
    {
        $output = self::webServer(['-d', 'ffi.enable=preload']);
        self::assertStringStartsWith('0 ', $output);
        $found = \preg_match('/ php -S with -d (ffi\.enable=\w+)\./', $output, $matches);
        self::assertSame(1, $found);
        self::assertStringStartsWith(self::SIGNED, self::webServer(['-d', $matches[1]]));
    }

    /** Uses the settings that the message names. */
    public function testWorksPreloadedInAWebServer(): void
    {
        $output = self::webServer(['-d', 'ffi.enable=preload']);
        \preg_match_all('/ ((?:ffi|opcache)\.preload=.+?\.(?:h|php))\b/', $output, $settings);
        self::assertCount(2, $settings[1]);
        $user = \posix_getpwuid(\posix_geteuid())['name'];
        $options = [];
        $more = ['ffi.enable=preload', 'opcache.enable=1', "opcache.preload_user=$user"];
        foreach ([...$settings[1], ...$more] as $setting) {
            \array_push($options, '-d', $setting);
        }
        self::assertStringStartsWith(self::SIGNED, self::webServer($options));
    }

    /** Returns a program that prints a signed response, or the error's code and message. */
    private static function program(): string
    {
        return \sprintf(<<<'PHP'
            class_exists(PusherAuth\Signer::class) || require %s;
            try {
                $signer = new PusherAuth\Signer(['key' => 'a', 'secret' => 'b']);
                echo $signer->authenticateUser('1.1', ['id' => '1']);
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

    /** Runs the program in PHP's built-in web server, which limits FFI as php-fpm does. */
    private static function webServer(array $options): string
    {
        $script = self::temporary();
        \file_put_contents($script, '<?php ' . self::program());
        try {
            return (new WebServer($script, $options))->send('GET', '/')[1];
        } finally {
            \unlink($script);
        }
    }

    private static function temporary(): string
    {
        return \sys_get_temp_dir() . '/pusher_auth_' . \bin2hex(\random_bytes(8));
    }
}
