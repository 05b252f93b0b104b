<?php

declare(strict_types=1);

namespace PusherAuth\Tests;

use PHPUnit\Framework\TestCase;
use PusherAuth\PusherException;
use PusherAuth\Signer;

final class ReadmeTest extends TestCase
{
    private const ROOT = __DIR__ . '/..';

    private static function readme(): string
    {
        return \file_get_contents(self::ROOT . '/README.md');
    }

    /** Programs print what follows them; all other code is a part of request.php. */
    public function testCodeDoesWhatItSays(): void
    {
        \preg_match_all('/^```php\n(.*?)^```\n(?:\nprints [^\n]*\n\n```\n(.*?)```)?/ms', self::readme(), $blocks, \PREG_SET_ORDER);
        self::assertCount(2, $blocks);
        [[, $program, $printed], [, $part]] = $blocks;

        $preload = \var_export(self::ROOT . '/preload.php', true);
        $program = \str_replace("require 'vendor/autoload.php';", "require $preload;", $program, $count);
        self::assertSame(1, $count);
        $file = \tempnam(\sys_get_temp_dir(), 'readme');
        try {
            \file_put_contents($file, $program);
            \exec(\sprintf('%s -d ffi.enable=true %s 2>&1', \escapeshellarg(\PHP_BINARY), \escapeshellarg($file)), $output, $status);
        } finally {
            \unlink($file);
        }
        self::assertSame([0, \rtrim($printed)], [$status, \implode("\n", $output)]);

        self::assertStringContainsString($part, \file_get_contents(self::ROOT . '/request.php'));
    }

    public function testNamesAllFunctions(): void
    {
        \preg_match_all('/^\| `(?:\$signer->|Signer::)(\w+)\((.*?)\)` \|/m', self::readme(), $rows);
        $parameters = \array_combine($rows[1], $rows[2]);
        $methods = [];
        foreach ((new \ReflectionClass(Signer::class))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            if (!\str_starts_with($method->name, '__') && $method->name !== 'jsonSerialize') {
                $methods[$method->name] = \implode(', ', \array_map(static fn ($p) => "\${$p->name}", $method->getParameters()));
            }
        }
        \ksort($methods);
        \ksort($parameters);
        self::assertSame($methods, $parameters);
        self::assertTrue((new \ReflectionClass(PusherException::class))->hasConstant('LIBRARY_UNAVAILABLE'));
    }
}
