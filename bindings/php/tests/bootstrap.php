<?php

declare(strict_types=1);

require_once __DIR__ . '/../preload.php';
require_once __DIR__ . '/WebServer.php';
