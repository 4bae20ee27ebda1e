terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Which bucket holds the state is said by -backend-config, see backend.hcl.example.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "data-ingestion-tool"
      Environment = "production"
      ManagedBy   = "terraform"
    }
  }
}
