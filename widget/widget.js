"use strict"; // countersign-chat
