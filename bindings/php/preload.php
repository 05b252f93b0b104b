<?php

/**
 * For php-fpm: opcache.preload = this file (or `require` it in the preload script that you already have).
 * Where ffi.enable is "preload", only preloaded classes may use FFI.
 */

declare(strict_types=1);

require_once __DIR__ . '/src/PusherException.php';
require_once __DIR__ . '/src/Library.php';
require_once __DIR__ . '/src/Signer.php';
