#include "CHoldfastPrefetch.h"
